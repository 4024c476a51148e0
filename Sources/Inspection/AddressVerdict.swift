import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons

/// What the speakers' rules say of one address of a Service, both ways of announcing taken together.
struct AddressVerdict {
    typealias Refusal = Layer2Eligibility.Refusal

    var address: IPAddress
    var layer2: Layer2Eligibility.Verdict
    /// By node name; empty without nodes.
    var bgp: [String: BGPEligibility.Verdict]

    /// True if a BGPAdvertisement selects pool and Service.
    var hasBGPAdvertisement: Bool {
        bgp.values.contains { verdict in
            guard case .refuse(let refusal) = verdict else { return true }
            return refusal.reason != .noAdvertisement && refusal.reason != .addressNotInPool
        }
    }

    /// True if the node may announce the address in either way.
    func mayAnnounce(_ node: String) -> Bool {
        if layer2.candidates[node] != nil { return true }
        guard case .announce = bgp[node] else { return false }
        return true
    }

    /// Why the node may not announce; of two ways the one that an advertisement is meant for.
    func refusal(of node: String) -> Refusal? {
        if mayAnnounce(node) { return nil }
        if let refusal = layer2.refusedNodes[node] { return refusal }
        if hasBGPAdvertisement, case .refuse(let refusal) = bgp[node] { return refusal }
        return layer2.refusal
    }
}

extension ClusterPicture {
    /// A verdict for each address of a Service; none while the configuration is invalid.
    func announcements(of service: Service) -> [AddressVerdict] {
        guard let configuration = resolution.configuration else { return [] }
        let endpoints = ServingEndpoints(slices(of: service.key))
        // Whether the Service is ours is a question of its own, answered before.
        let policy = Layer2Eligibility.Policy(
            loadBalancerClass: service.spec.loadBalancerClass, ignoresExcludeLabel: self.policy.ignoresExcludeLabel)
        let nodePools = nodePools(of: service, endpoints: endpoints)
        let layer2 = Layer2Eligibility(configuration: configuration, nodes: nodes, policy: policy)
        let bgp = nodes.map { node in
            (
                node.name, BGPEligibility(configuration: configuration, node: node, policy: policy),
                ServiceFacts(service, endpoints: endpoints, node: node.name, nodePools: nodePools)
            )
        }
        return layer2.verdicts(for: service, endpoints: endpoints, nodePools: nodePools).map { verdict in
            AddressVerdict(
                address: verdict.address, layer2: verdict,
                bgp: Dictionary(
                    bgp.map { name, rules, facts in (name, rules.verdict(for: verdict.address, of: facts)) },
                    uniquingKeysWith: { first, _ in first }))
        }
    }
}
