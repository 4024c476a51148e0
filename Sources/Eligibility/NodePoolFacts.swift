package import Addresses
package import KubernetesObjects
import Reasons

/// What OpenYurt's node pools mean for one Service: which of its addresses is for which pool, and to which nodes' kube-proxy
/// YurtHub shows the Service and its endpoints. Both ways of announcing go by it.
package struct NodePoolFacts: Sendable, Hashable {
    /// The node pools that each address is for, by PoolService; nil for a Service that is not divided among them.
    private var pools: [IPAddress: Set<String>]?
    private var topology: Service.Topology
    private var listeners: NodePoolList?
    private var isDiscardedAtEdge: Bool
    /// Where the endpoints are that can serve, if the topology asks for it.
    private var endpointNodes: Set<String> = []
    private var endpointPools: Set<String> = []

    /// - Parameters:
    ///   - poolServices: those of the Service.
    ///   - nodePool: the node pool of a node, by its name.
    /// - Returns: nil for a Service that has nothing to do with node pools: any node may be asked.
    package init?(
        _ service: Service, poolServices: some Sequence<PoolService>, endpoints: ServingEndpoints,
        nodePool: (String) -> String?
    ) {
        topology = service.topology
        listeners = service.listeners
        isDiscardedAtEdge = service.isDiscardedAtEdge
        if service.isDividedAmongPools {
            var pools: [IPAddress: Set<String>] = [:]
            for poolService in poolServices {
                guard let name = poolService.nodePool else { continue }
                for ingress in poolService.status.loadBalancer?.ingress ?? [] {
                    if let address = ingress.ip.flatMap(IPAddress.init) { pools[address, default: []].insert(name) }
                }
            }
            self.pools = pools
        } else if topology == .anywhere, listeners == nil, !isDiscardedAtEdge {
            return nil
        }
        if topology != .anywhere {
            endpointNodes = endpoints.nodes
            endpointPools = Set(endpoints.nodes.compactMap(nodePool))
        }
    }

    /// Why no node may announce the address: OpenYurt has it for no node pool.
    package func refusal(of address: IPAddress) -> Layer2Eligibility.Refusal? {
        guard let pools, pools[address] == nil else { return nil }
        return .init(
            .noPoolService,
            "the Service is divided among node pools, and no PoolService has \(address)"
                + (pools.isEmpty ? "; none is known" : ""))
    }

    /// Why no node may announce the address, by what is against the nodes of its own pool: that others may not is no news.
    /// - Returns: nil where several things are against them, or none is there to ask.
    func refusal(
        of address: IPAddress, refusing nodes: [String: Layer2Eligibility.Refusal]
    ) -> Layer2Eligibility.Refusal? {
        let own = nodes.filter { $0.value.reason != .otherNodePool }.sorted { $0.key < $1.key }.map(\.value)
        if let first = own.first { return own.allSatisfy { $0.reason == first.reason } ? first : nil }
        guard let names = pools?[address]?.sorted().joined(separator: ", "), !nodes.isEmpty else { return nil }
        return .init(.noEligibleNode, "no node is in node pool \(names)")
    }

    /// Why the node may not announce the address, or nil if node pools are no obstacle.
    package func refusal(of node: NodeFacts, for address: IPAddress) -> Layer2Eligibility.Refusal? {
        let own = node.labels[OpenYurt.nodePoolLabel]
        if let allowed = pools?[address], own.map({ !allowed.contains($0) }) ?? true {
            let names = allowed.sorted().joined(separator: ", ")
            return .init(
                .otherNodePool,
                "\(address) is for node pool \(names), and node \"\(node.name)\" is in \(own ?? "none")")
        }
        if let refusal = hiddenness(of: node, in: own) { return refusal }
        switch topology {
        case .anywhere: return nil
        case .nodePool:
            if let own, endpointPools.contains(own) { return nil }
            // YurtHub takes a node without a pool for a pool of one.
            if own == nil, endpointNodes.contains(node.name) { return nil }
            let place = own.map { "node pool \($0)" } ?? "node \"\(node.name)\", which is in no node pool,"
            return .init(
                .noServingEndpoint,
                "\(OpenYurt.topology) keeps traffic in the node pool, and \(place) has no endpoint that can serve")
        case .node:
            if endpointNodes.contains(node.name) { return nil }
            return .init(
                .noLocalEndpoint,
                "\(OpenYurt.topology) keeps traffic on the node, and node \"\(node.name)\" has no endpoint that can serve"
            )
        }
    }

    /// Traffic that arrives would find no rule: YurtHub hides the Service from the node's kube-proxy.
    private func hiddenness(of node: NodeFacts, in pool: String?) -> Layer2Eligibility.Refusal? {
        if isDiscardedAtEdge, node.labels[OpenYurt.edgeWorkerLabel] == "true" {
            return .init(
                .dataPlaneNotReady,
                "\(OpenYurt.discard) hides the Service from kube-proxy on edge node \"\(node.name)\"")
        }
        if let listeners, let pool, !listeners.admits(pool) {
            return .init(
                .dataPlaneNotReady,
                "\(OpenYurt.listeners) (\(listeners.text)) hides the Service from kube-proxy in node pool \(pool)")
        }
        return nil
    }
}
