package import Addresses
package import ClusterConfiguration
package import Eligibility
package import KubernetesObjects

/// What this node knows of the cluster, and what follows for each address: which nodes may announce it, and why the
/// others may not. Pure: watch events go in, the addresses whose demand changed come out.
///
/// Nothing comes out before every kind was listed once: half a picture would withdraw what the other half wants.
package struct ClusterView: Sendable {
    /// The kinds that are listed before anything is decided.
    package enum Kind: String, Sendable, Hashable, CaseIterable {
        case services, endpointSlices, nodes, configuration, poolServices
    }

    private let policy: Layer2Eligibility.Policy
    private(set) var services: [ObjectKey: Service] = [:]
    private(set) var slices: [ObjectKey: [ObjectKey: EndpointSlice]] = [:]
    private var serviceOfSlice: [ObjectKey: ObjectKey] = [:]
    private(set) var nodes: [String: NodeFacts] = [:]
    /// By Service.
    var poolServices: [ObjectKey: [ObjectKey: PoolService]] = [:]
    var serviceOfPoolService: [ObjectKey: ObjectKey] = [:]
    /// What is in force.
    package private(set) var configuration = Configuration()
    /// The BGPPeers by their names, for events.
    package private(set) var peerReferences: [String: ObjectReference] = [:]
    /// What the configuration was resolved from.
    private(set) var resources = ConfigurationResources()
    /// The kinds of which something changed that is worth remembering.
    var changed: Set<Kind> = []
    /// The kinds that were listed at least once.
    package internal(set) var listed: Set<Kind> = []
    /// True once there was enough to decide.
    package private(set) var isComplete = false

    private var verdicts: [ObjectKey: [Layer2Eligibility.Verdict]] = [:]
    private var claimants: [IPAddress: Set<ObjectKey>] = [:]
    /// By address, all that its Services together ask of layer 2.
    package private(set) var demands: [IPAddress: Demand] = [:]

    /// Services that were decided about and that nobody else was told of.
    private var decided: Set<ObjectKey> = []
    var dirty: Set<ObjectKey> = []
    private var allDirty = false

    package init(policy: Layer2Eligibility.Policy) { self.policy = policy }

    /// What the Services that share an address ask for together.
    package struct Demand: Sendable, Hashable {
        /// The Services with the address in their status, in order of name.
        package var services: [ObjectKey]
        /// The nodes that may announce the address: those that may for any of its Services.
        package var candidates: [String: Layer2Eligibility.Candidate]
        /// Why a node may not.
        package var refusedNodes: [String: Layer2Eligibility.Refusal]
        /// Why no node may.
        package var refusal: Layer2Eligibility.Refusal?
    }

    /// Every kind has to be listed, PoolServices only for a Service that needs them: many clusters have none, and a YurtHub
    /// without a cloud refuses a list that it never saw.
    private var isEnough: Bool {
        let missing = Set(Kind.allCases).subtracting(listed)
        return missing.isEmpty
            || missing == [.poolServices] && !services.values.contains { $0.isDividedAmongPools }
    }

    /// True if the cluster has a Node of this name.
    package func knows(_ node: String) -> Bool { nodes[node] != nil }

    /// True if the node gives away what it announces and takes nothing more.
    package func isDrained(_ node: String) -> Bool { nodes[node]?.isDrained ?? false }

    /// What is known of a node.
    package func node(_ name: String) -> NodeFacts? { nodes[name] }

    /// A Service by its name, for events and statuses.
    package func service(_ key: ObjectKey) -> Service? { services[key] }

    // MARK: - Events

    /// A full list of Services.
    package mutating func replaceServices(_ list: [Service]) {
        services = Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        listed.insert(.services)
        changed.insert(.services)
        allDirty = true
    }

    /// A Service was created or changed.
    package mutating func applyService(_ service: Service) {
        let old = services.updateValue(service, forKey: service.key)
        if let old, old.decidesLike(service) { return }
        if service.isLoadBalancer || old?.isLoadBalancer == true { changed.insert(.services) }
        dirty.insert(service.key)
    }

    /// A Service was deleted.
    package mutating func deleteService(_ key: ObjectKey) {
        if services.removeValue(forKey: key)?.isLoadBalancer == true { changed.insert(.services) }
        dirty.insert(key)
    }

    /// A full list of slices.
    package mutating func replaceSlices(_ list: [EndpointSlice]) {
        slices = [:]
        serviceOfSlice = [:]
        for slice in list { insert(slice) }
        listed.insert(.endpointSlices)
        changed.insert(.endpointSlices)
        allDirty = true
    }

    /// A slice was created or changed.
    package mutating func applySlice(_ slice: EndpointSlice) {
        deleteSlice(slice.key)
        insert(slice)
    }

    /// A slice was deleted.
    package mutating func deleteSlice(_ key: ObjectKey) {
        guard let service = serviceOfSlice.removeValue(forKey: key) else { return }
        slices[service]?[key] = nil
        if slices[service]?.isEmpty == true { slices[service] = nil }
        touchSlices(of: service)
    }

    private mutating func insert(_ slice: EndpointSlice) {
        guard let service = slice.serviceKey else { return }
        slices[service, default: [:]][slice.key] = slice
        serviceOfSlice[slice.key] = service
        touchSlices(of: service)
    }

    private mutating func touchSlices(of service: ObjectKey) {
        if services[service]?.isLoadBalancer == true { changed.insert(.endpointSlices) }
        dirty.insert(service)
    }

    /// A full list of nodes.
    package mutating func replaceNodes(_ list: [Node]) {
        replaceNodes(list.map(NodeFacts.init))
    }

    /// A full list of nodes, as far as it was remembered.
    package mutating func replaceNodes(_ list: [NodeFacts]) {
        nodes = Dictionary(list.map { ($0.name, $0) }, uniquingKeysWith: { _, last in last })
        listed.insert(.nodes)
        changed.insert(.nodes)
        allDirty = true
    }

    /// A node was created or changed. Heartbeats change nothing that is looked at here.
    package mutating func applyNode(_ node: Node) {
        let facts = NodeFacts(node)
        if nodes.updateValue(facts, forKey: facts.name) != facts {
            allDirty = true
            changed.insert(.nodes)
        }
    }

    /// A node was deleted.
    package mutating func deleteNode(_ name: String) {
        if nodes.removeValue(forKey: name) != nil {
            allDirty = true
            changed.insert(.nodes)
        }
    }

    /// A new valid configuration, with what it was resolved from.
    package mutating func setConfiguration(
        _ configuration: Configuration, from resources: ConfigurationResources = ConfigurationResources()
    ) {
        if listed.insert(.configuration).inserted || self.configuration != configuration { allDirty = true }
        self.configuration = configuration
        self.resources = resources
        peerReferences = Dictionary(
            resources.bgpPeers.map { ($0.metadata.name, ObjectReference($0)) }, uniquingKeysWith: { _, last in last })
        changed.insert(.configuration)
    }

    // MARK: - Memory

    /// The kinds of which something changed since the last call that a next process would need.
    package mutating func takeChanged() -> Set<Kind> {
        defer { changed = [] }
        return changed
    }

    // MARK: - Decision

    /// Decides anew for what changed since the last call.
    /// - Returns: the addresses whose demand changed, came or went, in order; empty before everything was listed.
    package mutating func update() -> [IPAddress] {
        guard allDirty || !dirty.isEmpty, isComplete || isEnough else { return [] }
        isComplete = true
        let rules = Layer2Eligibility(configuration: configuration, nodes: nodes.values, policy: policy)
        let keys = allDirty ? Set(services.keys).union(verdicts.keys).union(dirty) : dirty
        allDirty = false
        dirty = []
        decided.formUnion(keys)
        var touched: Set<IPAddress> = []
        for key in keys {
            let old = verdicts[key] ?? []
            let new =
                services[key].map {
                    rules.verdicts(for: $0, endpoints: endpoints(of: key), nodePools: nodePools(of: key))
                        .filter { !$0.isLeftToBGP }
                } ?? []
            guard old != new else { continue }
            for verdict in old { claimants[verdict.address]?.remove(key) }
            for verdict in new { claimants[verdict.address, default: []].insert(key) }
            verdicts[key] = new.isEmpty ? nil : new
            touched.formUnion((old + new).map(\.address))
        }
        return touched.sorted().filter { refresh($0) }
    }

    /// The Services that something was decided about since the last call, for those who decide by other rules; those
    /// that are gone are among them.
    package mutating func takeDecided() -> Set<ObjectKey> {
        defer { decided = [] }
        return decided
    }

    /// Where a Service's endpoints are that can serve.
    package func endpoints(of key: ObjectKey) -> ServingEndpoints {
        ServingEndpoints((slices[key] ?? [:]).values)
    }

    /// Puts the verdicts of an address's Services together; true if the demand changed.
    private mutating func refresh(_ address: IPAddress) -> Bool {
        let keys = (claimants[address] ?? []).sorted()
        if keys.isEmpty {
            claimants[address] = nil
            return demands.removeValue(forKey: address) != nil
        }
        var demand = Demand(services: keys, candidates: [:], refusedNodes: [:], refusal: nil)
        for verdict in keys.flatMap({ verdicts[$0] ?? [] }) where verdict.address == address {
            demand.candidates.merge(verdict.candidates) { one, other in
                Layer2Eligibility.Candidate(
                    score: max(one.score, other.score),
                    interfaces: one.interfaces.flatMap { mine in other.interfaces.map(mine.union) })
            }
            demand.refusedNodes.merge(verdict.refusedNodes) { first, _ in first }
            demand.refusal = demand.refusal ?? verdict.refusal
        }
        for node in demand.candidates.keys { demand.refusedNodes[node] = nil }
        if !demand.candidates.isEmpty { demand.refusal = nil }
        return demands.updateValue(demand, forKey: address) != demand
    }
}

extension Service {
    /// True if nothing differs that a speaker's decision rests on: most updates of a Service are somebody's annotations.
    fileprivate func decidesLike(_ other: Service) -> Bool {
        spec == other.spec && status.loadBalancer == other.status.loadBalancer
            && metadata.labels == other.metadata.labels
            && (metadata.annotations == other.metadata.annotations || openYurtAnnotations == other.openYurtAnnotations)
    }
}
