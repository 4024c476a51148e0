/// A `metallb.io/v1beta1` IPAddressPool as it is written: addresses to give to Services. Checked by the configuration,
/// which is why nothing here refuses what the schema lets through.
package struct IPAddressPool: KubernetesObject, Hashable {
    package static let apiVersion = "metallb.io/v1beta1"
    package static let kind = "IPAddressPool"

    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec = Spec(), status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        spec = try container.decodeIfPresent(Spec.self, forKey: .spec) ?? Spec()
        status = try container.decodeIfPresent(Status.self, forKey: .status)
    }

    private enum CodingKeys: String, CodingKey { case metadata, spec, status }

    /// What the pool holds and whom it is for.
    package struct Spec: Sendable, Hashable, Codable {
        /// Prefixes and ranges: `192.0.2.0/24`, `192.0.2.10-192.0.2.20`.
        package var addresses: [String]?
        /// Absent means true.
        package var autoAssign: Bool?
        /// Absent means false.
        package var avoidBuggyIPs: Bool?
        package var serviceAllocation: ServiceAllocation?

        package init(
            addresses: [String]? = nil, autoAssign: Bool? = nil, avoidBuggyIPs: Bool? = nil,
            serviceAllocation: ServiceAllocation? = nil
        ) {
            self.addresses = addresses
            self.autoAssign = autoAssign
            self.avoidBuggyIPs = avoidBuggyIPs
            self.serviceAllocation = serviceAllocation
        }
    }

    /// Which Services the pool is pinned to.
    package struct ServiceAllocation: Sendable, Hashable, Codable {
        /// Lower is tried first; absent and 0 are last.
        package var priority: Int?
        package var namespaces: [String]?
        package var namespaceSelectors: [LabelSelector]?
        package var serviceSelectors: [LabelSelector]?

        package init(
            priority: Int? = nil, namespaces: [String]? = nil, namespaceSelectors: [LabelSelector]? = nil,
            serviceSelectors: [LabelSelector]? = nil
        ) {
            self.priority = priority
            self.namespaces = namespaces
            self.namespaceSelectors = namespaceSelectors
            self.serviceSelectors = serviceSelectors
        }
    }

    /// What the controller reports: numbers of addresses, where one that Services share counts once.
    package struct Status: Sendable, Hashable, Codable {
        package var assignedIPv4: Int64?
        package var assignedIPv6: Int64?
        package var availableIPv4: Int64?
        /// Capped at the largest number that the field can hold.
        package var availableIPv6: Int64?

        package init(assignedIPv4: Int64, assignedIPv6: Int64, availableIPv4: Int64, availableIPv6: Int64) {
            self.assignedIPv4 = assignedIPv4
            self.assignedIPv6 = assignedIPv6
            self.availableIPv4 = availableIPv4
            self.availableIPv6 = availableIPv6
        }
    }
}
