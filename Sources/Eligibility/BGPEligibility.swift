package import Addresses
package import ClusterConfiguration
import KubernetesObjects
import Reasons

/// Whether one node may announce a Service's addresses by BGP, by which advertisements, or why not (MetalLB's rules).
/// Unlike at layer 2 every node that may does, so that each decides for itself alone.
package struct BGPEligibility: Sendable {
    package typealias Policy = Layer2Eligibility.Policy
    package typealias Refusal = Layer2Eligibility.Refusal

    /// What a node may do with one address.
    package enum Verdict: Sendable, Hashable {
        /// Announce it by these advertisements: not empty, in order of name.
        case announce([Configuration.BGPAdvertisement])
        case refuse(Refusal)
    }

    private let configuration: Configuration
    private let node: NodeFacts
    private let policy: Policy
    /// Indices of advertisements in the configuration, by the name of a pool.
    private var advertisementsOfPool: [String: [Int]] = [:]
    /// By index, whether the advertisement's node selectors admit the node.
    private let admitsNode: [Bool]

    /// Rules for a node, over one state of the configuration.
    package init(configuration: Configuration, node: NodeFacts, policy: Policy) {
        self.configuration = configuration
        self.node = node
        self.policy = policy
        for (index, advertisement) in configuration.bgpAdvertisements.enumerated() {
            for pool in advertisement.pools { advertisementsOfPool[pool, default: []].append(index) }
        }
        admitsNode = configuration.bgpAdvertisements.map { $0.nodeSelectors.admits(node.labels) }
    }

    /// The verdict for one of a Service's addresses.
    package func verdict(for address: IPAddress, of service: ServiceFacts) -> Verdict {
        guard let pool = configuration.pool(holding: address) else {
            return .refuse(Refusal(.addressNotInPool, "no IPAddressPool holds \(address)"))
        }
        let selecting = (advertisementsOfPool[pool.name] ?? []).filter {
            configuration.bgpAdvertisements[$0].serviceSelectors.admits(service.labels)
        }
        guard !selecting.isEmpty else {
            return .refuse(
                Refusal(.noAdvertisement, "no BGPAdvertisement selects pool \"\(pool.name)\" for this Service"))
        }
        if let refusal = service.nodePools?.refusal(of: address) { return .refuse(refusal) }
        if service.endpoints == .none {
            return .refuse(Refusal(.noServingEndpoint, "the Service has no endpoint that can serve"))
        }
        if let refusal = service.nodePools?.refusal(of: node, for: address) { return .refuse(refusal) }
        let admitting = selecting.filter { admitsNode[$0] }
        if let refusal = refusal(isAdmitted: !admitting.isEmpty, service) { return .refuse(refusal) }
        return .announce(admitting.map { configuration.bgpAdvertisements[$0] })
    }

    /// What is against the node.
    private func refusal(isAdmitted: Bool, _ service: ServiceFacts) -> Refusal? {
        if !isAdmitted {
            return Refusal(
                .nodeExcluded, "the nodeSelectors of no BGPAdvertisement for this Service match node \"\(node.name)\"")
        }
        return node.obstacle(
            under: policy, lacksEndpoint: service.hasLocalTrafficPolicy && service.endpoints != .here)
    }
}
