package import Addresses
package import KubernetesObjects

/// What eligibility of one node looks at of a Service and its endpoints: two equal facts decide alike, and most updates
/// of either leave them equal.
package struct ServiceFacts: Sendable, Hashable {
    /// Where the endpoints are that can serve, as seen from the node.
    package enum Endpoints: Sendable, Hashable, CaseIterable {
        case none, elsewhere, here
    }

    /// The addresses in the Service's status, each once, in its order.
    package var addresses: [IPAddress]
    package var labels: [String: String]
    /// True if only nodes with an endpoint may take the traffic.
    package var hasLocalTrafficPolicy: Bool
    package var endpoints: Endpoints
    /// What node pools mean for it; nil if nothing.
    package var nodePools: NodePoolFacts?

    package init(
        addresses: [IPAddress], labels: [String: String] = [:], hasLocalTrafficPolicy: Bool = false,
        endpoints: Endpoints
    ) {
        self.addresses = addresses
        self.labels = labels
        self.hasLocalTrafficPolicy = hasLocalTrafficPolicy
        self.endpoints = endpoints
    }

    /// The facts for a node.
    package init(
        _ service: Service, endpoints: ServingEndpoints, node: String, nodePools: NodePoolFacts? = nil
    ) {
        var addresses: [IPAddress] = []
        for ingress in service.status.loadBalancer?.ingress ?? [] {
            if let address = ingress.ip.flatMap(IPAddress.init), !addresses.contains(address) {
                addresses.append(address)
            }
        }
        self.init(
            addresses: addresses, labels: service.metadata.labels,
            hasLocalTrafficPolicy: service.hasLocalTrafficPolicy,
            endpoints: endpoints.nodes.contains(node) ? .here : endpoints.count > 0 ? .elsewhere : .none)
        self.nodePools = nodePools
    }
}
