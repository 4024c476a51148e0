package import Addresses
package import ClusterConfiguration
package import KubernetesObjects
package import Reasons

/// Which nodes may announce a Service's addresses by ARP and neighbour discovery, and why the others may not
/// (MetalLB's rules of candidates, without its list of live speakers: who is alive is the link's own business).
package struct Layer2Eligibility: Sendable {
    /// Rules that flags decide.
    package struct Policy: Sendable, Hashable {
        /// The class served: nil serves Services without a class, else those with exactly this one.
        package var loadBalancerClass: String?
        /// True if the exclude label of nodes is not looked at (`--ignore-exclude-lb`).
        package var ignoresExcludeLabel: Bool
        /// The classes served besides of Services that OpenYurt divides among node pools.
        package var poolServiceClasses: Set<String>

        package init(
            loadBalancerClass: String? = nil, ignoresExcludeLabel: Bool = false,
            poolServiceClasses: Set<String> = OpenYurt.classes
        ) {
            self.loadBalancerClass = loadBalancerClass
            self.ignoresExcludeLabel = ignoresExcludeLabel
            self.poolServiceClasses = poolServiceClasses
        }

        /// True if the Service is one that is served at all.
        package func serves(_ service: Service) -> Bool {
            guard service.isLoadBalancer else { return false }
            let own = service.spec.loadBalancerClass
            return own == loadBalancerClass
                || service.isDividedAmongPools && (own.map(poolServiceClasses.contains) ?? false)
        }
    }

    /// A node that may announce.
    package struct Candidate: Sendable, Hashable {
        /// The sum of the weights of the preferences that match the node.
        package var score: Int
        /// The interfaces to announce on; nil means every link whose subnet holds the address.
        package var interfaces: Set<String>?

        package init(score: Int = 0, interfaces: Set<String>? = nil) {
            self.score = score
            self.interfaces = interfaces
        }
    }

    /// Why nobody, or one node, does not announce.
    package struct Refusal: Sendable, Hashable {
        package var reason: Reason
        /// One sentence for a person, with the names of what is concerned.
        package var message: String

        package init(_ reason: Reason, _ message: String) {
            self.reason = reason
            self.message = message
        }
    }

    /// One address of a Service with the nodes that may announce it.
    package struct Verdict: Sendable, Hashable {
        package var address: IPAddress
        /// By node name; empty where `refusal` says why.
        package var candidates: [String: Candidate]
        /// Nodes that may not, with the reason.
        package var refusedNodes: [String: Refusal]
        /// Why no node at all may announce.
        package var refusal: Refusal?
        /// True if only BGPAdvertisements select pool and Service, and nothing keeps all nodes from announcing: layer 2 has
        /// no part in it.
        package var isLeftToBGP = false
    }

    private let configuration: Configuration
    private let nodes: [NodeFacts]
    private let policy: Policy

    /// Rules over one state of configuration and nodes.
    package init(configuration: Configuration, nodes: some Sequence<NodeFacts>, policy: Policy) {
        self.configuration = configuration
        self.nodes = nodes.sorted { $0.name < $1.name }
        self.policy = policy
    }

    /// True if the Service is one that Toono serves at all.
    package func serves(_ service: Service) -> Bool { policy.serves(service) }

    /// A verdict for each address in the Service's status; none for a Service that is not ours or has no address.
    /// - Parameter nodePools: what node pools mean for it; nil if nothing.
    package func verdicts(
        for service: Service, endpoints: ServingEndpoints, nodePools: NodePoolFacts? = nil
    ) -> [Verdict] {
        guard serves(service) else { return [] }
        let addresses = (service.status.loadBalancer?.ingress ?? []).compactMap { $0.ip.flatMap(IPAddress.init) }
        return addresses.map { verdict(for: $0, of: service, endpoints: endpoints, nodePools) }
    }

    private func verdict(
        for address: IPAddress, of service: Service, endpoints: ServingEndpoints, _ nodePools: NodePoolFacts?
    ) -> Verdict {
        var verdict = Verdict(address: address, candidates: [:], refusedNodes: [:], refusal: nil)
        guard let pool = configuration.pool(holding: address) else {
            verdict.refusal = Refusal(.addressNotInPool, "no IPAddressPool holds \(address)")
            return verdict
        }
        func selects(_ pools: Set<String>, _ selectors: [LabelSelector]) -> Bool {
            pools.contains(pool.name) && selectors.admits(service.metadata.labels)
        }
        let advertisements = configuration.layer2Advertisements.filter { selects($0.pools, $0.serviceSelectors) }
        let isAdvertised = !advertisements.isEmpty
        let routed = configuration.bgpAdvertisements.filter { selects($0.pools, $0.serviceSelectors) }
        guard isAdvertised || !routed.isEmpty else {
            verdict.refusal = Refusal(
                .noAdvertisement,
                "no L2Advertisement and no BGPAdvertisement selects pool \"\(pool.name)\" for this Service")
            return verdict
        }
        if let refusal = nodePools?.refusal(of: address) {
            verdict.refusal = refusal
            return verdict
        }
        guard endpoints.count > 0 else {
            verdict.refusal = Refusal(.noServingEndpoint, "the Service has no endpoint that can serve")
            return verdict
        }
        guard isAdvertised else {
            verdict.isLeftToBGP = isLeftToBGP(routed, address, service, endpoints, nodePools)
            verdict.refusal =
                verdict.isLeftToBGP
                ? Refusal(.noAdvertisement, "no L2Advertisement selects pool \"\(pool.name)\" for this Service")
                : Refusal(.noEligibleNode, "none of \(nodes.count) nodes may announce it by BGP")
            return verdict
        }
        for node in nodes {
            if let refusal = nodePools?.refusal(of: node, for: address) {
                verdict.refusedNodes[node.name] = refusal
                continue
            }
            switch decide(node, advertisements: advertisements, service: service, endpoints: endpoints) {
            case .success(let candidate): verdict.candidates[node.name] = candidate
            case .failure(let refusal): verdict.refusedNodes[node.name] = refusal
            }
        }
        if verdict.candidates.isEmpty {
            verdict.refusal =
                nodePools?.refusal(of: address, refusing: verdict.refusedNodes) ?? nobody(verdict.refusedNodes)
        }
        return verdict
    }

    /// No node is left.
    private func nobody(_ refused: [String: Refusal]) -> Refusal {
        let why = Set(refused.values.map(\.reason.rawValue)).sorted().joined(separator: ", ")
        return Refusal(
            .noEligibleNode,
            nodes.isEmpty ? "no node is known" : "none of \(nodes.count) nodes may announce: \(why)")
    }

    /// What is against a node, whatever way it announces.
    private func obstacle(on node: NodeFacts, to service: Service, _ endpoints: ServingEndpoints) -> Refusal? {
        node.obstacle(
            under: policy, lacksEndpoint: service.hasLocalTrafficPolicy && !endpoints.nodes.contains(node.name))
    }

    /// True if any node may announce the address by BGP (`BGPEligibility` has each node's own answer).
    private func isLeftToBGP(
        _ advertisements: [Configuration.BGPAdvertisement], _ address: IPAddress, _ service: Service,
        _ endpoints: ServingEndpoints, _ nodePools: NodePoolFacts?
    ) -> Bool {
        nodes.contains { node in
            advertisements.contains { $0.nodeSelectors.admits(node.labels) }
                && obstacle(on: node, to: service, endpoints) == nil
                && nodePools?.refusal(of: node, for: address) == nil
        }
    }

    private func decide(
        _ node: NodeFacts, advertisements: [Layer2Advertisement], service: Service, endpoints: ServingEndpoints
    ) -> Result<Candidate, Refusal> {
        let admitting = advertisements.filter { $0.nodeSelectors.admits(node.labels) }
        if admitting.isEmpty {
            return .failure(
                Refusal(.nodeExcluded, "the nodeSelectors of no L2Advertisement match node \"\(node.name)\""))
        }
        if let obstacle = obstacle(on: node, to: service, endpoints) { return .failure(obstacle) }
        var candidate = Candidate(score: 0, interfaces: [])
        for advertisement in admitting {
            for preference in advertisement.preferredNodeSelectors where preference.preference.matches(node.labels) {
                candidate.score += preference.weight
            }
            // Several advertisements for one address: their interfaces add up, and "all" wins.
            if let names = advertisement.interfaces {
                candidate.interfaces?.formUnion(names)
            } else {
                candidate.interfaces = nil
            }
        }
        return .success(candidate)
    }
}

extension Layer2Eligibility.Refusal: Error {}
