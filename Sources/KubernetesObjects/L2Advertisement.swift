/// A `metallb.io/v1beta1` L2Advertisement as it is written: which addresses are announced by ARP and neighbour discovery,
/// and from where.
package struct L2Advertisement: KubernetesObject, Hashable {
    package static let apiVersion = "metallb.io/v1beta1"
    package static let kind = "L2Advertisement"

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

    /// The selection; every list that is absent or empty selects all.
    package struct Spec: Sendable, Hashable, Codable {
        /// Names of pools, together with those that `ipAddressPoolSelectors` match.
        package var ipAddressPools: [String]?
        package var ipAddressPoolSelectors: [LabelSelector]?
        package var nodeSelectors: [LabelSelector]?
        package var preferredNodeSelectors: [PreferredNodeSelector]?
        package var serviceSelectors: [LabelSelector]?
        /// Exact names.
        package var interfaces: [String]?

        package init(
            ipAddressPools: [String]? = nil, ipAddressPoolSelectors: [LabelSelector]? = nil,
            nodeSelectors: [LabelSelector]? = nil, preferredNodeSelectors: [PreferredNodeSelector]? = nil,
            serviceSelectors: [LabelSelector]? = nil, interfaces: [String]? = nil
        ) {
            self.ipAddressPools = ipAddressPools
            self.ipAddressPoolSelectors = ipAddressPoolSelectors
            self.nodeSelectors = nodeSelectors
            self.preferredNodeSelectors = preferredNodeSelectors
            self.serviceSelectors = serviceSelectors
            self.interfaces = interfaces
        }
    }

    /// A preference among the nodes that may announce.
    package struct PreferredNodeSelector: Sendable, Hashable, Codable {
        /// 1 to 100
        package var weight: Int
        package var preference: LabelSelector

        package init(weight: Int, preference: LabelSelector) {
            self.weight = weight
            self.preference = preference
        }
    }
}
