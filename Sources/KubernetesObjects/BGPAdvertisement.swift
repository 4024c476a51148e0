/// A `metallb.io/v1beta1` BGPAdvertisement as it is written: which addresses are announced to routers, and how.
package struct BGPAdvertisement: KubernetesObject, Hashable {
    package static let apiVersion = "metallb.io/v1beta1"
    package static let kind = "BGPAdvertisement"

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

    /// The selection, where every list that is absent or empty selects all, and the attributes of the routes.
    package struct Spec: Sendable, Hashable, Codable {
        /// Absent means 32.
        package var aggregationLength: Int?
        /// Absent means 128.
        package var aggregationLengthV6: Int?
        package var localPref: UInt32?
        /// `64512:100`, `large:64512:1:2` or a name that a Community gives.
        package var communities: [String]?
        package var ipAddressPools: [String]?
        package var ipAddressPoolSelectors: [LabelSelector]?
        package var nodeSelectors: [LabelSelector]?
        /// Names of BGPPeers.
        package var peers: [String]?
        package var serviceSelectors: [LabelSelector]?

        package init(
            aggregationLength: Int? = nil, aggregationLengthV6: Int? = nil, localPref: UInt32? = nil,
            communities: [String]? = nil, ipAddressPools: [String]? = nil,
            ipAddressPoolSelectors: [LabelSelector]? = nil, nodeSelectors: [LabelSelector]? = nil,
            peers: [String]? = nil, serviceSelectors: [LabelSelector]? = nil
        ) {
            self.aggregationLength = aggregationLength
            self.aggregationLengthV6 = aggregationLengthV6
            self.localPref = localPref
            self.communities = communities
            self.ipAddressPools = ipAddressPools
            self.ipAddressPoolSelectors = ipAddressPoolSelectors
            self.nodeSelectors = nodeSelectors
            self.peers = peers
            self.serviceSelectors = serviceSelectors
        }
    }
}
