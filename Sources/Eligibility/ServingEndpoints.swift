package import KubernetesObjects

/// Where the endpoints of one Service are that can serve, put together from all of its slices.
package struct ServingEndpoints: Sendable, Hashable {
    /// The nodes with at least one endpoint that can serve.
    package private(set) var nodes: Set<String> = []
    /// The number of endpoints that can serve, those without a known node included.
    package private(set) var count = 0

    /// No endpoint.
    package init() {}

    /// The endpoints of these slices. An endpoint in two slices (a slice being split) counts twice in `count`, which
    /// is only ever compared with zero.
    package init(_ slices: some Sequence<EndpointSlice>) {
        for slice in slices {
            for endpoint in slice.endpoints where endpoint.canServe && !endpoint.addresses.isEmpty {
                count += 1
                if let node = endpoint.node { nodes.insert(node) }
            }
        }
    }
}
