package import Addresses
import BGP
import BGPTransport
import ClusterConfiguration
package import Eligibility
import KubernetesObjects
import LinkSockets
package import Logging
import Metrics
package import NIOCore
import RoutePlanning

/// Holds the BGP sessions of a node and tells them what the plan says, on an event loop of its own: a large table never
/// delays a hello.
package actor RouteLoop {
    nonisolated let loop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.executor.asUnownedSerialExecutor() }

    let logger: Logger
    private let observer: any RouteObserver
    /// Who watches the paths to peers; nil for nobody.
    let bfd: BFDLoop?
    /// Told of all addresses that any peer is told of.
    private let onAddresses: @Sendable (Set<IPAddress>) -> Void

    private var plan: RoutePlan
    private var configuration = Configuration()
    var node: NodeFacts?
    var slots: [String: PeerSlot] = [:]
    var tables: [RouteAudience: RouteTable] = [:]
    /// By the interface that an unnumbered peer names.
    var finders: [String: RouterFinder] = [:]
    /// The peer whose plan a table follows: those of its other readers are equal.
    private var spokesmen: [RouteAudience: String] = [:]
    /// Passwords by the name of their Secret. Never shown, never written down.
    private var secrets: [String: String] = [:]
    private let secretNames: AsyncStream<Set<String>>.Continuation
    nonisolated let wantedSecrets: AsyncStream<Set<String>>
    private var announced: Set<IPAddress> = []
    private var addressesOfService: [ObjectKey: Set<IPAddress>] = [:]
    /// What events are about: Services, and BGPPeers by name.
    private var serviceReferences: [ObjectKey: ObjectReference] = [:]
    private var peerReferences: [String: ObjectReference] = [:]
    private var isRestarted = false
    private(set) var end: Departure?
    private var finished: CheckedContinuation<Void, Never>?

    /// - Parameters:
    ///   - onAddresses: told of all addresses that this node means to announce, whenever they change.
    package init(
        node: String, policy: BGPEligibility.Policy, on loop: any EventLoop, bfd: BFDLoop? = nil,
        observer: any RouteObserver,
        logger: Logger, onAddresses: @escaping @Sendable (Set<IPAddress>) -> Void
    ) {
        self.loop = loop
        self.bfd = bfd
        self.observer = observer
        self.logger = logger
        self.onAddresses = onAddresses
        plan = RoutePlan(node: node, policy: policy)
        (wantedSecrets, secretNames) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes in what became different, in a later turn of the loop and in order.
    nonisolated func follow(_ facts: RouteFacts) {
        loop.execute { self.assumeIsolated { $0.take(facts) } }
    }

    /// This process goes on where another one has ended so recently that routers may still have its routes.
    func continueRestarted() { isRestarted = true }

    // MARK: - The plan

    private func take(_ facts: RouteFacts) {
        plan.setConfiguration(facts.configuration)
        plan.setNode(facts.node)
        peerReferences = facts.peers
        for change in facts.services {
            serviceReferences[change.key] = change.service.flatMap { $0.isLoadBalancer ? ObjectReference($0) : nil }
            if let service = change.service {
                plan.setService(service, endpoints: change.endpoints, nodePools: change.nodePools)
            } else {
                plan.removeService(change.key)
            }
        }
        let isDrainChanged = facts.node?.isDrained != node?.isDrained
        configuration = facts.configuration
        node = facts.node
        let changes = plan.update()
        apply(changes)
        if isDrainChanged || !changes.opened.isEmpty || !changes.changed.isEmpty || !changes.closed.isEmpty {
            followInterfaces()
            for name in slots.keys.sorted() { reconcile(name) }
            wantSecrets()
        }
    }

    private func apply(_ changes: RoutePlanChanges) {
        assignAudiences()
        for (audience, table) in tables {
            let members = slots.values.filter { $0.audience == audience && $0.definition != nil }
            guard let reader = members.map(\.name).min() else { continue }
            if spokesmen.updateValue(reader, forKey: audience) == reader {
                guard let routes = changes.routes[reader] else { continue }
                table.change { export in
                    for prefix in routes.withdrawn { export.withdraw(prefix) }
                    for (prefix, attributes) in routes.announced { export.announce(prefix, .init(attributes)) }
                }
            } else {
                let routes = plan.routes(to: reader)
                table.change { $0.replaceRoutes(with: routes.map { ($0.key, BGP.RouteAttributes($0.value)) }) }
            }
        }
        for slot in slots.values {
            if let table = slot.audience.flatMap({ tables[$0] }) { slot.transport?.read(table) }
        }
        for key in changes.services { observer.plan(plan.plan(for: key), for: key, as: serviceReferences[key]) }
        followAddresses(changes)
    }

    /// Which table each peer reads. A new peer of an audience finds its table filled; an audience without peers has none.
    private func assignAudiences() {
        let peers = Dictionary(plan.peers.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        for (name, peer) in peers {
            let slot = slots[name] ?? PeerSlot(name: name)
            slots[name] = slot
            slot.definition = peer
            slot.audience = RouteAudience(of: peer, in: configuration)
        }
        for slot in slots.values where peers[slot.name] == nil { slot.definition = nil }
        let audiences = Set(slots.values.compactMap(\.audience))
        tables = tables.filter { audiences.contains($0.key) }
        spokesmen = spokesmen.filter { audiences.contains($0.key) }
        for audience in audiences where tables[audience] == nil { tables[audience] = RouteTable() }
    }

    /// The addresses behind routes go to the sink, so that what is not served does not go back to the router.
    private func followAddresses(_ changes: RoutePlanChanges) {
        guard !changes.services.isEmpty else { return }
        for key in changes.services { addressesOfService[key] = addresses(of: key) }
        let all = addressesOfService.values.reduce(into: Set<IPAddress>()) { $0.formUnion($1) }
        guard all != announced else { return }
        announced = all
        onAddresses(all)
    }

    private func addresses(of key: ObjectKey) -> Set<IPAddress>? {
        guard let plan = plan.plan(for: key) else { return nil }
        return Set(plan.addresses.filter { !$0.announcements.isEmpty }.map(\.address))
    }

    /// The prefixes that a peer is to be told, the first thousand in order.
    func prefixes(of peer: String) -> [String] {
        plan.routes(to: peer).keys.sorted { ($0.address, $0.length) < ($1.address, $1.length) }.prefix(1000)
            .map(\.description)
    }

    // MARK: - Passwords

    private func wantSecrets() {
        secretNames.yield(
            Set(
                slots.values.compactMap { slot in
                    if case .secret(let name) = slot.definition?.authentication { name } else { nil }
                }))
    }

    /// What a Secret says now; nil if it is not there.
    func setPassword(_ password: String?, secret: String) {
        guard secrets[secret] != password else { return }
        secrets[secret] = password
        for slot in slots.values {
            if case .secret(secret) = slot.definition?.authentication { reconcile(slot.name) }
        }
    }

    // MARK: - Sessions

    /// Brings one peer's session to what is wanted.
    func reconcile(_ name: String) {
        guard let slot = slots[name], !slot.isLeaving else { return }
        guard end == nil, let definition = slot.definition, let node else { return leave(slot, end ?? .deconfigured) }
        guard !node.isDrained else {
            return leave(slot, .drain(Self.drainDelay, ShutdownCommunication("node is drained")))
        }
        do throws(PeerPlan.Obstacle) {
            let wanted = try PeerPlan(definition, node: node, secrets: secrets, routers: sightings)
            slot.obstacle = nil
            bring(slot, to: wanted)
        } catch {
            if slot.obstacle != error {
                logger.log(
                    level: error.needsAPerson ? .error : .notice, "no session with a peer",
                    metadata: ["peer": "\(name)", "reason": "\(error)"])
            }
            slot.obstacle = error
            leave(slot, .deconfigured)
        }
    }

    /// How long routers have to choose other paths before a drained node's routes go.
    private static let drainDelay: Duration = .seconds(2)

    private func bring(_ slot: PeerSlot, to wanted: PeerPlan) {
        if let transport = slot.transport {
            guard wanted.endpoint.isSameSession(as: transport.endpoint) else { return leave(slot, .deconfigured) }
            if wanted.endpoint != transport.endpoint || wanted.configuration != transport.configuration {
                transport.configure(wanted.configuration, endpoint: wanted.endpoint)
            }
            if slot.isUp { guardPath(of: slot) }
            return
        }
        guard let table = slot.audience.flatMap({ tables[$0] }) else { return }
        let transport = PeerTransport(
            name: slot.name, endpoint: wanted.endpoint, configuration: wanted.configuration, table: table, on: loop
        ) { [weak self] peer, report in
            let id = ObjectIdentifier(peer)
            let name = peer.name
            self?.assumeIsolated { $0.note(report, of: name, id) }
        }
        slot.transport = transport
        transport.start(isRestarted: isRestarted)
    }

    private func leave(_ slot: PeerSlot, _ departure: Departure) {
        guard let transport = slot.transport else {
            if slot.definition == nil { slots[slot.name] = nil }
            return finishIfAtRest()
        }
        slot.isLeaving = true
        releasePath(of: slot)
        transport.stop(departure)
    }

    private func note(_ report: PeerReport, of peer: String, _ id: ObjectIdentifier) {
        guard let slot = slots[peer], slot.transport.map(ObjectIdentifier.init) == id else { return }
        switch report {
        case .established(let terms, let local):
            slot.isUp = true
            guardPath(of: slot)
            observer.session(
                with: peer, as: peerReferences[peer], isUp: true, detail: "AS \(terms.peerAS), from \(local)")
        case .down(let failure):
            slot.isUp = false
            observer.session(with: peer, as: peerReferences[peer], isUp: false, detail: "\(failure)")
        case .attemptFailed(let failure):
            logger.debug("attempt failed", metadata: ["peer": "\(peer)", "reason": "\(failure)"])
            noteUnanswered(slot)
        case .manyRoutesReceived(let count):
            logger.warning(
                "a peer announces many routes, which are all dropped",
                metadata: ["peer": "\(peer)", "routes": "\(count)"])
        case .stopped: settle(slot)
        }
    }

    /// The session is at rest: a new one begins if one is wanted.
    private func settle(_ slot: PeerSlot) {
        slot.transport?.close()
        slot.transport = nil
        slot.endSeries()
        slot.isLeaving = false
        reconcile(slot.name)
    }

    // MARK: - The end

    /// Leaves all peers and returns when that is done: routers with graceful restart keep the routes, others lose them.
    func endForRestart() async { await end(.restart) }

    /// Withdraws everything from all peers, and returns when they were left.
    func endForGood() async { await end(.shutdown(ShutdownCommunication("the speaker was removed"))) }

    private func end(_ departure: Departure) async {
        end = departure
        followInterfaces()
        for name in slots.keys.sorted() { reconcile(name) }
        guard slots.values.contains(where: { $0.transport != nil }) else { return }
        await withCheckedContinuation { finished = $0 }
    }

    private func finishIfAtRest() {
        guard end != nil, slots.values.allSatisfy({ $0.transport == nil }) else { return }
        finished?.resume()
        finished = nil
    }
}
