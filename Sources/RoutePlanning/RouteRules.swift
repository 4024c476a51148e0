import Addresses
import ClusterConfiguration
import Eligibility
import Reasons

/// What becomes of an address, on one node, under one state of the configuration.
struct RouteRules: Sendable {
    private typealias Refusal = BGPEligibility.Refusal

    /// What an advertisement means on this node.
    private struct Target: Sendable {
        var attributes: RouteAttributes
        var peers: [Receiver]
    }

    /// A peer that an advertisement means.
    private struct Receiver: Sendable {
        var number: Int
        var name: String
        var families: Set<IPFamily>
    }

    /// The peers of the node, in order of name.
    let peers: [Configuration.Peer]
    private let node: String
    private let eligibility: BGPEligibility
    /// By the name of the advertisement.
    private let targets: [String: Target]

    init(
        configuration: Configuration, node: NodeFacts, policy: BGPEligibility.Policy, numbers: inout PeerNumbers
    ) {
        let peers = configuration.peers.filter { $0.nodeSelectors.admits(node.labels) }
        self.peers = peers
        self.node = node.name
        eligibility = BGPEligibility(configuration: configuration, node: node, policy: policy)
        let receivers = peers.map {
            Receiver(number: numbers.number(of: $0.name), name: $0.name, families: $0.families)
        }
        targets = Dictionary(
            configuration.bgpAdvertisements.map { advertisement in
                let meant = receivers.filter { advertisement.peers?.contains($0.name) != false }
                return (advertisement.name, Target(attributes: RouteAttributes(advertisement), peers: meant))
            }, uniquingKeysWith: { first, _ in first })
    }

    /// The routes for one address of a Service, or why there are none.
    func decide(_ address: IPAddress, of service: ServiceFacts) -> AddressDecision {
        switch eligibility.verdict(for: address, of: service) {
        case .refuse(let refusal): return AddressDecision(address: address, refusal: refusal)
        case .announce(let advertisements): return route(address, by: advertisements)
        }
    }

    private func route(_ address: IPAddress, by advertisements: [Configuration.BGPAdvertisement]) -> AddressDecision {
        var decision = AddressDecision(address: address)
        for advertisement in advertisements {
            guard let target = targets[advertisement.name], let prefix = advertisement.prefix(of: address) else {
                continue
            }
            for peer in target.peers {
                guard peer.families.contains(address.family) else {
                    decision.withheld[peer.name] = Refusal(
                        .familyMismatch,
                        "the session with BGPPeer \"\(peer.name)\" carries no \(address.family.rawValue)")
                    continue
                }
                do throws(RouteAttributes.Conflict) {
                    try decision.add(RouteKey(peer: peer.number, prefix: prefix), target.attributes)
                } catch {
                    return AddressDecision(
                        address: address, refusal: conflict(error, advertisements, prefix, peer.name))
                }
            }
        }
        if decision.routes.isEmpty { decision.refusal = noPeer(for: address, withheld: !decision.withheld.isEmpty) }
        return decision
    }

    private func conflict(
        _ conflict: RouteAttributes.Conflict, _ advertisements: [Configuration.BGPAdvertisement], _ prefix: IPPrefix,
        _ peer: String
    ) -> Refusal {
        let names = advertisements.filter {
            $0.prefix(of: prefix.address) == prefix && $0.peers?.contains(peer) != false
        }.map { "\"\($0.name)\"" }.joined(separator: ", ")
        return Refusal(
            .conflictingAdvertisements,
            "BGPAdvertisements \(names) give route \(prefix) to \"\(peer)\" \(conflict)")
    }

    private func noPeer(for address: IPAddress, withheld: Bool) -> Refusal {
        if peers.isEmpty { return Refusal(.noPeer, "no BGPPeer is for node \"\(node)\"") }
        return Refusal(
            .noPeer,
            withheld
                ? "no session with a BGPPeer that a BGPAdvertisement means carries \(address.family.rawValue)"
                : "the BGPAdvertisements for this Service name no BGPPeer of node \"\(node)\"")
    }
}

/// What a node wants to do with one address of a Service, before other Services have their say.
struct AddressDecision: Sendable, Hashable {
    /// A route that an address asks for.
    struct Route: Sendable, Hashable {
        var key: RouteKey
        var attributes: RouteAttributes
    }

    var address: IPAddress
    /// Each key once. An array: an address has a handful of routes.
    var routes: [Route] = []
    /// By the name of a peer.
    var withheld: [String: BGPEligibility.Refusal] = [:]
    var refusal: BGPEligibility.Refusal?

    /// Adds a route, or its attributes to those of the same route.
    mutating func add(_ key: RouteKey, _ attributes: RouteAttributes) throws(RouteAttributes.Conflict) {
        if let index = routes.firstIndex(where: { $0.key == key }) {
            routes[index].attributes = try routes[index].attributes.merged(with: attributes)
        } else {
            routes.append(Route(key: key, attributes: attributes))
        }
    }
}
