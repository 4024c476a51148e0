package import Addresses
package import KubernetesObjects

/// What eligibility looks at of a node, and nothing that changes with each heartbeat: two equal facts decide alike.
package struct NodeFacts: Sendable, Hashable, Codable {
    package var name: String
    package var labels: [String: String]
    package var isNetworkUnavailable: Bool
    package var isExcluded: Bool
    package var isDrained: Bool
    /// The node's own IPv4 address (`InternalIP`), if it has one.
    package var internalIPv4: IPAddress?

    package init(
        name: String, labels: [String: String] = [:], isNetworkUnavailable: Bool = false, isExcluded: Bool = false,
        isDrained: Bool = false, internalIPv4: IPAddress? = nil
    ) {
        self.name = name
        self.labels = labels
        self.isNetworkUnavailable = isNetworkUnavailable
        self.isExcluded = isExcluded
        self.isDrained = isDrained
        self.internalIPv4 = internalIPv4
    }

    /// The facts of a node object.
    package init(_ node: Node) {
        self.init(
            name: node.metadata.name, labels: node.metadata.labels, isNetworkUnavailable: node.isNetworkUnavailable,
            isExcluded: node.isExcluded, isDrained: node.isDrained,
            internalIPv4: node.status.addresses?.lazy.filter { $0.type == "InternalIP" }
                .compactMap { IPAddress($0.address) }.first { $0.family == .ipv4 })
    }
}
