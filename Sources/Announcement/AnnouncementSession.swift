import Addresses
package import Eligibility
package import KubernetesObjects
import Neighbors
package import Ownership
import Ranking
import Reasons
package import Timing

/// A node's announcing as one machine: what the cluster asks for, the node's links, and on each link the session that
/// settles who owns what. Pure: the speaker feeds it and performs its effects in order.
package struct AnnouncementSession: Sendable {
    /// What the session keeps for one link.
    struct LinkState: Sendable {
        var facts: LinkFacts
        var ownership: OwnershipSession
        var bursts = AnnouncementSchedule()
        /// The addresses that the ownership session has a view of, with that view.
        var views: [IPAddress: VIPView] = [:]
        /// Answered for on this link now.
        var answers: [IPAddress: AnnouncementMethod] = [:]
        /// When a frame was last reported as heard.
        var lastFrame: Instant?
        var isFinished = false
    }

    let settings: Settings
    private var table: LinkTable
    var links: [Int32: LinkState] = [:]
    package private(set) var cluster: ClusterView
    var keys: OwnershipKeys
    package internal(set) var gate: AnnouncementEvent.Gate = .open
    private var isStarted = false
    private var isEnding = false
    var isQuiesced = false
    private var held: [Int32: [IPAddress]] = [:]
    private(set) var snapshots: [String: OwnershipSnapshot] = [:]
    var locals = LocalAddresses()
    private var gateways: [Int32: IPAddress] = [:]
    var out: [AnnouncementEffect] = []

    /// What flags decide.
    package struct Settings: Sendable {
        package var nodeName: String
        /// A template: each link's session gets its own copy with the link's MAC address.
        package var ownership: OwnershipSettings
        package var links: LinkPolicy
        package var eligibility: Layer2Eligibility.Policy
        /// The method for every address; nil chooses by family: the proxy entry of IPv6 hangs on no lease.
        package var method: AnnouncementMethod?

        package init(
            nodeName: String, ownership: OwnershipSettings, links: LinkPolicy, eligibility: Layer2Eligibility.Policy,
            method: AnnouncementMethod? = nil
        ) {
            self.nodeName = nodeName
            self.ownership = ownership
            self.links = links
            self.eligibility = eligibility
            self.method = method
        }
    }

    package init(settings: Settings, keys: OwnershipKeys) {
        self.settings = settings
        self.keys = keys
        table = LinkTable(policy: settings.links)
        cluster = ClusterView(policy: settings.eligibility)
    }

    /// When `.tick` is due; nil if nothing is to come.
    package var nextDeadline: Instant? {
        links.values.flatMap { [$0.ownership.nextDeadline, $0.bursts.nextDeadline.map(Instant.init(sinceStart:))] }
            .compactMap { $0 }.min()
    }

    /// Everything that the kernel should answer for now.
    package var answers: [Answer] {
        links.values.flatMap { link in
            link.answers.map { Answer(address: $0.key, link: link.facts.index, method: $0.value) }
        }
    }

    // MARK: - Events

    /// Takes one event in and returns what it asks for.
    package mutating func handle(
        _ event: AnnouncementEvent, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [AnnouncementEffect] {
        switch event {
        case .started(let held, let snapshots):
            isStarted = true
            self.held = held
            self.snapshots = snapshots
            for index in links.keys.sorted() { start(index, at: now, using: &random) }
        case .links(let all): for change in table.update(all) { apply(change, at: now, using: &random) }
        case .datagram(let link, let bytes, let source):
            // The kernel hears multicast of a family that the link has no address of, but no answer could go there.
            guard links[link]?.facts.source(towards: source) != nil else { break }
            pass(.datagram(OwnershipDatagram(bytes: bytes, source: source)), to: link, at: now, using: &random)
        case .arp(let link, let packet): hear(packet, on: link, at: now, using: &random)
        case .advertisement(let link, let sighting): hear(sighting, on: link, at: now, using: &random)
        case .tick: for index in links.keys.sorted() { tick(index, at: now, using: &random) }
        case .woke(let gap): passToAll(.woke(after: gap), at: now, using: &random)
        case .dataPlane(let gate):
            guard self.gate != gate else { break }
            self.gate = gate
            changeViews(of: cluster.demands.keys.sorted(), at: now, using: &random)
        case .configurationRead: passToAll(.configurationRead, at: now, using: &random)
        case .kernelAnswers(let answers): passToAll(.kernelAnswers(answers), at: now, using: &random)
        case .locals(let locals): change(locals, at: now, using: &random)
        case .gateways(let gateways):
            self.gateways = gateways
            for index in links.keys.sorted() {
                pass(.gatewayChanged(gateways[index]), to: index, at: now, using: &random)
            }
        case .keysChanged(let keys):
            self.keys = keys
            passToAll(.keysChanged(keys), at: now, using: &random)
        case .restart: end(.restart, at: now, using: &random)
        case .leave: end(.leave, at: now, using: &random)
        case .graceEnded: passToAll(.graceEnded, at: now, using: &random)
        }
        return drain()
    }

    /// Tells the cluster's side something new and returns what follows.
    package mutating func updateCluster(
        at now: Instant, using random: inout some RandomNumberGenerator, _ change: (inout ClusterView) -> Void
    ) -> [AnnouncementEffect] {
        change(&cluster)
        // Before the views: what the node has is handed over, not dropped.
        let isDrained = cluster.isDrained(settings.nodeName)
        if isDrained != isQuiesced { passToAll(.quiesced(isDrained), at: now, using: &random) }
        isQuiesced = isDrained
        changeViews(of: cluster.update(), at: now, using: &random)
        return drain()
    }

    /// The kinds of which something changed since the last call that a next process would need.
    package mutating func takeClusterChanges() -> Set<ClusterView.Kind> { cluster.takeChanged() }

    /// The Services that something was decided about since the last call, for those who plan BGP routes.
    package mutating func takeDecided() -> Set<ObjectKey> { cluster.takeDecided() }

    private mutating func drain() -> [AnnouncementEffect] {
        defer { out = [] }
        return out
    }

    private mutating func end(_ event: OwnershipEvent, at now: Instant, using random: inout some RandomNumberGenerator)
    {
        isEnding = true
        if links.isEmpty { out.append(.finished) }
        passToAll(event, at: now, using: &random)
    }

    // MARK: - Links

    private mutating func apply(
        _ change: LinkTable.Change, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        switch change {
        case .appeared(let facts):
            var ownership = settings.ownership
            ownership.mac = facts.mac
            ownership.gateway = gateways[facts.index]
            links[facts.index] = LinkState(
                facts: facts, ownership: OwnershipSession(settings: ownership, keys: keys, using: &random))
            out.append(.open(facts))
            if isStarted { start(facts.index, at: now, using: &random) }
        case .disappeared(let facts):
            pass(.linkDown, to: facts.index, at: now, using: &random)
            let answers = links[facts.index]?.answers ?? [:]
            silence(Array(answers.keys), on: facts.index)
            snapshots[facts.name] = links[facts.index]?.ownership.snapshot
            links[facts.index] = nil
            out.append(.close(link: facts.index))
        case .changed(let old, let new):
            links[new.index]?.facts = new
            if new.canSpeak != old.canSpeak || new.mac != old.mac {
                pass(new.canSpeak ? .linkUp(new.mac) : .linkDown, to: new.index, at: now, using: &random)
            }
            if new.addresses != old.addresses || new.unforwarded != old.unforwarded {
                changeViews(of: cluster.demands.keys.sorted(), on: [new.index], at: now, using: &random)
            }
        }
    }

    /// Begins on a link: its carrier, what is known of the addresses, what the kernel holds already.
    private mutating func start(_ index: Int32, at now: Instant, using random: inout some RandomNumberGenerator) {
        guard let facts = links[index]?.facts else { return }
        let kernelHolds = (held.removeValue(forKey: index) ?? []).sorted()
        for address in kernelHolds {
            let method = method(for: address)
            links[index]?.answers[address] = method
        }
        pass(facts.canSpeak ? .linkUp(facts.mac) : .linkDown, to: index, at: now, using: &random)
        changeViews(of: cluster.demands.keys.sorted(), on: [index], at: now, using: &random)
        let snapshot = snapshots[facts.name] ?? OwnershipSnapshot()
        pass(.started(kernelHolds: kernelHolds, snapshot: snapshot), to: index, at: now, using: &random)
        if isQuiesced { pass(.quiesced(true), to: index, at: now, using: &random) }
    }

    // MARK: - The sessions of the links

    private mutating func passToAll(
        _ event: OwnershipEvent, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        for index in links.keys.sorted() { pass(event, to: index, at: now, using: &random) }
    }

    mutating func pass(
        _ event: OwnershipEvent, to index: Int32, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard let effects = links[index]?.ownership.handle(event, at: now, using: &random) else { return }
        for effect in effects { perform(effect, on: index, at: now) }
        announceDue(on: index, at: now)
    }

    private mutating func tick(_ index: Int32, at now: Instant, using random: inout some RandomNumberGenerator) {
        if let deadline = links[index]?.ownership.nextDeadline, deadline <= now {
            pass(.tick, to: index, at: now, using: &random)
        } else {
            announceDue(on: index, at: now)
        }
    }

    private mutating func perform(_ effect: OwnershipEffect, on index: Int32, at now: Instant) {
        switch effect {
        case .setLease(let duration): out.append(.setLease(duration))
        case .withdraw(let addresses, _): silence(addresses, on: index)
        case .program(let addresses): answer(addresses, on: index)
        case .send(let bytes, .unicast(let address)): out.append(.send(link: index, bytes, to: .member(address)))
        case .send(let bytes, .multicast):
            out.append(.send(link: index, bytes, to: .groups(helloFamilies(on: index))))
        case .announceBurst(let addresses): links[index]?.bursts.start(addresses, at: now.sinceStart)
        case .announceOnce(let addresses): announce(addresses, on: index)
        case .startProbe(let addresses), .seekReception(let addresses): ask(addresses, at: .none, on: index)
        case .ask(let address, let mac): ask([address], at: mac, on: index)
        case .report(let report): out.append(.report(link: index, report))
        case .finished:
            links[index]?.isFinished = true
            if isEnding && links.values.allSatisfy(\.isFinished) { out.append(.finished) }
        }
    }

    /// By what all members are reached: one family is enough for those that have both, IPv4 where the link has it. A member
    /// that has lost its IPv4 addresses, or never had one, is heard by IPv6 and hears nothing else.
    private func helloFamilies(on index: Int32) -> [IPFamily] {
        guard let link = links[index] else { return [] }
        let own = Set(link.facts.addresses.map(\.address.family))
        guard own.contains(.ipv4) else { return [.ipv6] }
        return own.contains(.ipv6) && link.ownership.hasMemberByIPv6 ? [.ipv4, .ipv6] : [.ipv4]
    }

    private mutating func answer(_ addresses: [IPAddress], on index: Int32) {
        let answers = addresses.map { Answer(address: $0, link: index, method: method(for: $0)) }
        for answer in answers { links[index]?.answers[answer.address] = answer.method }
        out.append(.answer(answers))
    }

    private mutating func silence(_ addresses: [IPAddress], on index: Int32) {
        links[index]?.bursts.stop(addresses)
        let silenced = addresses.compactMap { address in
            links[index]?.answers.removeValue(forKey: address).map { Answer(address: address, link: index, method: $0) }
        }
        if !silenced.isEmpty { out.append(.silence(silenced)) }
    }
}
