/// A `metallb.io/v1beta2` BGPPeer as it is written: a router to hold a session with. Reads v1beta1 as well, whose fields
/// are a part of these.
package struct BGPPeer: KubernetesObject, Hashable {
    package static let apiVersion = "metallb.io/v1beta2"
    package static let kind = "BGPPeer"

    package var metadata: ObjectMeta
    package var spec: Spec

    package init(metadata: ObjectMeta, spec: Spec = Spec()) {
        self.metadata = metadata
        self.spec = spec
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        spec = try container.decodeIfPresent(Spec.self, forKey: .spec) ?? Spec()
    }

    private enum CodingKeys: String, CodingKey { case metadata, spec }

    /// The other end of the session and how to speak to it.
    package struct Spec: Sendable, Hashable, Codable {
        package var myASN: UInt32?
        package var peerASN: UInt32?
        /// `internal` or `external`, in place of `peerASN`.
        package var dynamicASN: String?
        /// Shown to the peer in place of `myASN`.
        package var localASN: UInt32?
        package var peerAddress: String?
        /// In place of `peerAddress`: the interface of an unnumbered session.
        package var interface: String?
        package var sourceAddress: String?
        /// Absent and 0 mean 179.
        package var peerPort: Int?
        /// As Go writes durations: `90s`, `1m30s`.
        package var holdTime: String?
        package var keepaliveTime: String?
        package var connectTime: String?
        package var routerID: String?
        package var nodeSelectors: [LabelSelector]?
        package var password: String?
        package var passwordSecret: SecretReference?
        /// The name of a BFDProfile.
        package var bfdProfile: String?
        package var enableGracefulRestart: Bool?
        package var ebgpMultiHop: Bool?
        package var vrf: String?
        /// Deprecated, without effect.
        package var disableMP: Bool?
        package var dualStackAddressFamily: Bool?

        package init(myASN: UInt32? = nil, peerASN: UInt32? = nil, peerAddress: String? = nil) {
            self.myASN = myASN
            self.peerASN = peerASN
            self.peerAddress = peerAddress
        }
    }

    /// The Secret that holds the session's password.
    package struct SecretReference: Sendable, Hashable, Codable {
        package var name: String?
        package var namespace: String?

        package init(name: String? = nil, namespace: String? = nil) {
            self.name = name
            self.namespace = namespace
        }
    }
}
