package import Addresses
package import ClusterConfiguration
package import Eligibility
package import KubernetesObjects
import Reasons

/// Which routes this node announces to which of its BGP peers, with which attributes, and why a Service is not among
/// them. Pure: what is known of the cluster goes in, and `update` says what became different.
///
/// A change of one Service costs work for this Service and for those that share a route with it; a change of the
/// configuration or of the node costs work for all. The caller waits with the first update until every kind was listed
/// once: half a picture would withdraw what the other half wants.
package struct RoutePlan: Sendable {
    private let nodeName: String
    private let policy: BGPEligibility.Policy

    private var configuration = Configuration()
    private var node: NodeFacts?
    private var services: [ObjectKey: ServiceFacts] = [:]
    /// nil while the node is not known.
    private var rules: RouteRules?
    private var areRulesStale = true
    private var dirty: Set<ObjectKey> = []

    private var decisions: [ObjectKey: [AddressDecision]] = [:]
    private var shared: [RouteKey: SharedRoute] = [:]
    private var tables: [Int: [IPPrefix: RouteAttributes]] = [:]
    private var numbers = PeerNumbers()
    /// The number of times that a Service was decided about.
    package private(set) var decisionCount = 0

    /// A plan for a node of which nothing is known yet.
    package init(node: String, policy: BGPEligibility.Policy = .init()) {
        nodeName = node
        self.policy = policy
    }

    // MARK: - What is known

    /// A valid configuration.
    package mutating func setConfiguration(_ configuration: Configuration) {
        guard configuration != self.configuration else { return }
        self.configuration = configuration
        areRulesStale = true
    }

    /// The node itself; nil if the cluster has none of its name, which then announces nothing.
    package mutating func setNode(_ facts: NodeFacts?) {
        guard facts != node else { return }
        node = facts
        areRulesStale = true
    }

    /// A Service with its endpoints, whatever its type and class.
    /// - Parameter nodePools: what node pools mean for it; nil if nothing.
    package mutating func setService(
        _ service: Service, endpoints: ServingEndpoints, nodePools: NodePoolFacts? = nil
    ) {
        guard policy.serves(service) else {
            removeService(service.key)
            return
        }
        let facts = ServiceFacts(service, endpoints: endpoints, node: nodeName, nodePools: nodePools)
        if services.updateValue(facts, forKey: service.key) != facts { dirty.insert(service.key) }
    }

    /// A Service that is no more.
    package mutating func removeService(_ key: ObjectKey) {
        if services.removeValue(forKey: key) != nil { dirty.insert(key) }
    }

    // MARK: - What follows

    /// The peers to hold sessions with, in order of name.
    package var peers: [Configuration.Peer] { rules?.peers ?? [] }

    /// All that a peer gets.
    package func routes(to peer: String) -> [IPPrefix: RouteAttributes] {
        numbers[peer].flatMap { tables[$0] } ?? [:]
    }

    /// What becomes of a Service; nil if it is not ours or was not decided about yet.
    package func plan(for service: ObjectKey) -> ServicePlan? {
        decisions[service].map { ServicePlan(addresses: $0.map { address($0, of: service) }) }
    }

    private func address(_ decision: AddressDecision, of service: ObjectKey) -> ServicePlan.Address {
        let claimant = Claimant(service: service, address: decision.address)
        var plan = ServicePlan.Address(
            address: decision.address, announcements: [:], withheld: decision.withheld, refusal: decision.refusal)
        for key in decision.routes.map(\.key) {
            let peer = numbers.name(of: key.peer)
            if let refusal = shared[key]?.overruled[claimant] {
                plan.withheld[peer] = refusal
            } else {
                plan.announcements[peer, default: []].append(key.prefix)
            }
        }
        for peer in plan.announcements.keys {
            plan.announcements[peer]?.sort { ($0.address, $0.length) < ($1.address, $1.length) }
        }
        if plan.announcements.isEmpty && plan.refusal == nil {
            plan.refusal = plan.withheld.min { $0.key < $1.key }?.value
        }
        return plan
    }

    // MARK: - Decision

    /// Decides anew for what changed since the last call.
    package mutating func update() -> RoutePlanChanges {
        var changes = RoutePlanChanges()
        if areRulesStale { renewRules(&changes) }
        let keys = dirty
        dirty = []
        var stale: [RouteKey] = []
        var concerned: Set<ObjectKey> = []
        for key in keys {
            let old = decisions[key]
            let new = services[key].map { decide($0) }
            guard old != new else { continue }
            for decision in old ?? [] { drop(decision, of: key, stale: &stale) }
            for decision in new ?? [] { claim(decision, of: key, stale: &stale) }
            decisions[key] = new
            concerned.insert(key)
        }
        var routes: [Int: RoutePlanChanges.Routes] = [:]
        for key in stale { settle(key, &routes, concerned: &concerned) }
        for peer in changes.closed {
            guard let number = numbers[peer] else { continue }
            tables[number] = nil
            routes[number] = nil
        }
        for (number, change) in routes { changes.routes[numbers.name(of: number)] = change }
        changes.services = concerned.sorted()
        return changes
    }

    /// Takes a new configuration or node into account.
    private mutating func renewRules(_ changes: inout RoutePlanChanges) {
        areRulesStale = false
        let old = Dictionary(peers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        rules = node.map {
            RouteRules(configuration: configuration, node: $0, policy: policy, numbers: &numbers)
        }
        for peer in peers {
            switch old[peer.name] {
            case nil: changes.opened.append(peer)
            case peer: break
            default: changes.changed.append(peer)
            }
        }
        changes.closed = Set(old.keys).subtracting(peers.map(\.name)).sorted()
        dirty.formUnion(services.keys)
    }

    private mutating func decide(_ service: ServiceFacts) -> [AddressDecision] {
        decisionCount += 1
        return service.addresses.map { address in
            rules?.decide(address, of: service)
                ?? AddressDecision(
                    address: address, refusal: .init(.nodeExcluded, "the cluster has no Node \"\(nodeName)\""))
        }
    }

    private mutating func drop(_ decision: AddressDecision, of service: ObjectKey, stale: inout [RouteKey]) {
        let claimant = Claimant(service: service, address: decision.address)
        for route in decision.routes {
            if shared[route.key]?.remove(claimant, route.attributes) == true { stale.append(route.key) }
        }
    }

    private mutating func claim(_ decision: AddressDecision, of service: ObjectKey, stale: inout [RouteKey]) {
        let claimant = Claimant(service: service, address: decision.address)
        for route in decision.routes {
            if shared[route.key, default: SharedRoute()].add(claimant, route.attributes) { stale.append(route.key) }
        }
    }

    /// Puts together what all Services ask for of one route.
    private mutating func settle(
        _ key: RouteKey, _ routes: inout [Int: RoutePlanChanges.Routes], concerned: inout Set<ObjectKey>
    ) {
        guard var route = shared[key] else { return }
        let (attributes, overruled) = (route.attributes, route.overruled)
        route.settle()
        shared[key] = route.attributes == nil ? nil : route
        if route.attributes != attributes {
            tables[key.peer, default: [:]][key.prefix] = route.attributes
            if let attributes = route.attributes {
                routes[key.peer, default: .init()].announced[key.prefix] = attributes
            } else {
                routes[key.peer, default: .init()].withdrawn.insert(key.prefix)
            }
        }
        guard route.overruled != overruled else { return }
        for claimant in Set(overruled.keys).union(route.overruled.keys)
        where overruled[claimant] != route.overruled[claimant] { concerned.insert(claimant.service) }
    }
}
