package import Addresses
package import KubernetesObjects

/// Addresses to give to Services: an `IPAddressPool`, checked.
package struct AddressPool: Sendable, Hashable {
    package var name: String
    /// The pool's own labels, which the selectors of advertisements look at.
    package var labels: [String: String]
    /// In the order of the resource, without overlap; families may be mixed.
    package var ranges: [IPRange]
    /// False if addresses are given on explicit request only.
    package var autoAssign: Bool
    /// True if IPv4 addresses that end in .0 or .255 are never given.
    package var avoidBuggyIPs: Bool
    /// Whom the pool is for, or nil for everybody.
    package var serviceAllocation: ServiceAllocation?
    /// Whose node pools' Services alone may have the addresses, or nil for a pool of no node pool.
    package var nodePools: NodePoolBinding?

    package init(
        name: String, labels: [String: String] = [:], ranges: [IPRange], autoAssign: Bool = true,
        avoidBuggyIPs: Bool = false,
        serviceAllocation: ServiceAllocation? = nil, nodePools: NodePoolBinding? = nil
    ) {
        self.name = name
        self.labels = labels
        self.ranges = ranges
        self.autoAssign = autoAssign
        self.avoidBuggyIPs = avoidBuggyIPs
        self.serviceAllocation = serviceAllocation
        self.nodePools = nodePools
    }

    /// Which Services a pool is pinned to (`spec.serviceAllocation`).
    package struct ServiceAllocation: Sendable, Hashable {
        /// Lower is tried first; 0 is last.
        package var priority: Int
        package var namespaces: [String]
        package var namespaceSelectors: [LabelSelector]
        package var serviceSelectors: [LabelSelector]

        package init(
            priority: Int = 0, namespaces: [String] = [], namespaceSelectors: [LabelSelector] = [],
            serviceSelectors: [LabelSelector] = []
        ) {
            self.priority = priority
            self.namespaces = namespaces
            self.namespaceSelectors = namespaceSelectors
            self.serviceSelectors = serviceSelectors
        }
    }
}
