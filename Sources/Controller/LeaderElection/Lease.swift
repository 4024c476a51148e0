package import KubernetesObjects

/// A `coordination.k8s.io/v1` Lease: who leads, and until when the others take its word for it.
package struct Lease: KubernetesObject, Hashable {
    package static let apiVersion = "coordination.k8s.io/v1"
    package static let kind = "Lease"

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

    /// The fields that client-go's leader election writes, so that its tools read them.
    package struct Spec: Sendable, Hashable, Codable {
        /// Empty or absent when nobody leads.
        package var holderIdentity: String?
        package var leaseDurationSeconds: Int?
        /// RFC 3339 with microseconds.
        package var acquireTime: String?
        /// RFC 3339 with microseconds.
        package var renewTime: String?
        package var leaseTransitions: Int?

        package init(
            holderIdentity: String? = nil, leaseDurationSeconds: Int? = nil, acquireTime: String? = nil,
            renewTime: String? = nil, leaseTransitions: Int? = nil
        ) {
            self.holderIdentity = holderIdentity
            self.leaseDurationSeconds = leaseDurationSeconds
            self.acquireTime = acquireTime
            self.renewTime = renewTime
            self.leaseTransitions = leaseTransitions
        }
    }
}
