package import KubernetesObjects

/// Who makes which pools known by ARP and neighbour discovery: an `L2Advertisement`, checked and with its pool
/// references resolved.
package struct Layer2Advertisement: Sendable, Hashable {
    package var name: String
    /// The names of the pools that it announces: those it names and those its selectors match; all where it has neither.
    package var pools: Set<String>
    /// Any of these must match a node's labels; none means every node.
    package var nodeSelectors: [LabelSelector]
    /// Exact names of the interfaces to announce on; nil means all.
    package var interfaces: [String]?
    /// Any of these must match a Service's labels; none means every Service.
    package var serviceSelectors: [LabelSelector]
    /// Soft preferences among the nodes that `nodeSelectors` admits.
    package var preferredNodeSelectors: [Preference]

    package init(
        name: String, pools: Set<String>, nodeSelectors: [LabelSelector] = [], interfaces: [String]? = nil,
        serviceSelectors: [LabelSelector] = [], preferredNodeSelectors: [Preference] = []
    ) {
        self.name = name
        self.pools = pools
        self.nodeSelectors = nodeSelectors
        self.interfaces = interfaces
        self.serviceSelectors = serviceSelectors
        self.preferredNodeSelectors = preferredNodeSelectors
    }

    /// Adds its weight to the score of nodes that it matches.
    package struct Preference: Sendable, Hashable {
        /// 1 to 100
        package var weight: Int
        package var preference: LabelSelector

        package init(weight: Int, preference: LabelSelector) {
            self.weight = weight
            self.preference = preference
        }
    }
}

extension [LabelSelector] {
    /// True if the list is empty or any of its selectors matches: how MetalLB reads every list of selectors.
    package func admits(_ labels: [String: String]) -> Bool { isEmpty || contains { $0.matches(labels) } }
}
