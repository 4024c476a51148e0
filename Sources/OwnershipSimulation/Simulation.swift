package import Addresses
package import Ownership
import Timing

/// The product's machines on a link that exists only in memory: virtual time, kernels with leases, a switch that
/// delays, loses and doubles frames, and faults. The same scenario gives the same history, always.
package struct Simulation: Sendable {
    enum Event: Sendable {
        case tick(node: Int)
        case datagram(OwnershipDatagram, to: Int)
        case neighbor(NeighborObservation, to: Int)
        case frame(to: Int)
        case question(IPAddress, at: Int, from: Int)
        case announcement(IPAddress, node: Int, claim: Int)
        case leaseEnd(node: Int)
        case begin(fault: Int)
        case end(fault: Int)
        case start(node: Int, booted: Bool)
        case forward(node: Int)
        case grace(node: Int)
        case restart(node: Int)
        case look
    }

    /// What was begun with.
    package let scenario: Scenario
    /// What was seen.
    package internal(set) var record: HistoryRecord
    /// Lines for people, when asked for.
    package internal(set) var trace: [String] = []

    var random: SeededGenerator
    var queue = EventQueue<Event>()
    /// The world's clock in nanoseconds.
    var now: Int64 = 0
    var nodes: [SimulatedNode] = []
    var cuts = Cuts()
    /// Stations that are no members and answer for a VIP.
    var strangers: Set<IPAddress> = []
    /// Datagrams that an attacker recorded.
    var recorded: [OwnershipDatagram] = []
    /// Which node's MAC address the client holds for a VIP.
    var clientCache: [IPAddress: Int] = [:]
    /// Rises with each announcement burst and withdrawal, so that pending announcements of an old one are dropped.
    var announcementRound: [[Int]: Int] = [:]
    let isTracing: Bool
    let keys = OwnershipKeys(id: 1, key: Array("a key of the simulation".utf8))

    /// A simulation at time 0.
    package init(_ scenario: Scenario, isTracing: Bool = false) {
        self.scenario = scenario
        self.isTracing = isTracing
        random = SeededGenerator(seed: scenario.seed ^ 0x5EED)
        record = HistoryRecord(vips: (0..<scenario.vips).map(Scenario.vip))
        let views = Dictionary(uniqueKeysWithValues: (0..<scenario.vips).map { (Scenario.vip($0), scenario.view()) })
        for index in 0..<scenario.nodes {
            nodes.append(
                SimulatedNode(
                    index: index, name: Scenario.name(index), session: newSession(index), views: views))
            let late = scenario.lateStarts[index].map(nanoseconds)
            queue.add(
                .start(node: index, booted: true), at: late ?? Int64.random(in: 0...100_000_000, using: &random))
        }
        for (index, fault) in scenario.faults.enumerated() {
            queue.add(.begin(fault: index), at: nanoseconds(fault.at))
        }
        queue.add(.look, at: 0)
    }

    mutating func newSession(_ index: Int) -> OwnershipSession {
        var settings = OwnershipSettings(nodeName: Scenario.name(index), mac: MACAddress(bits: UInt64(index) + 1))
        settings.helloInterval = scenario.helloInterval
        settings.multiplier = scenario.multiplier
        if scenario.hasGateway { settings.gateway = Self.gateway }
        return OwnershipSession(settings: settings, keys: scenario.keys[index] ?? keys, using: &random)
    }

    static let gateway = IPAddress(v4: 0x0A00_00FE)
    static let gatewayMAC = MACAddress(bits: 0xFE)
    static let strangerMAC = MACAddress(bits: 0xBAD)

    /// The station number of client and gateway, for cuts.
    var outside: Int { nodes.count }

    /// The world's clock.
    package var time: Duration { .nanoseconds(now) }

    /// Lets the history go on until that moment.
    package mutating func run(until end: Duration) {
        let end = nanoseconds(end)
        while let next = queue.next, next <= end, let (at, event) = queue.pop() {
            advance(to: at)
            process(event)
        }
        advance(to: end)
    }

    /// What was true until now is written down before time goes on.
    mutating func advance(to time: Int64) {
        guard time > now else { return }
        withRecord { $0.observe($1, until: time) }
        now = time
    }

    /// Lets the record look at everything else.
    private mutating func withRecord(_ body: (inout HistoryRecord, Simulation) -> Void) {
        var taken = HistoryRecord(vips: [])
        swap(&taken, &record)
        body(&taken, self)
        swap(&taken, &record)
    }

    mutating func process(_ event: Event) {
        switch event {
        case .tick(let node): tick(node)
        case .datagram(let datagram, let node): deliver(datagram, to: node)
        case .neighbor(let observation, let node): if canHear(node) { handle(.neighborHeard(observation), at: node) }
        case .frame(let node): if canHear(node) { handle(.frameHeard, at: node) }
        case .question(let vip, let node, let asker): answer(vip, at: node, to: asker)
        case .announcement(let vip, let node, let round): announce(vip, from: node, round: round)
        case .leaseEnd(let node): endLease(node)
        case .begin(let index): begin(scenario.faults[index], index)
        case .end(let index): end(scenario.faults[index])
        case .start(let node, let booted): startProcess(node, booted: booted)
        case .forward(let node): cuts.shut(node, false)
        case .grace(let node): if nodes[node].runs { handle(.graceEnded, at: node) }
        case .restart(let node): if nodes[node].runs { handle(.restart, at: node) }
        case .look: look()
        }
    }

    /// Looks at the whole every 50 ms; what is broken for an instant only is found by the observations in between.
    private mutating func look() {
        withRecord { $0.look($1) }
        queue.add(.look, at: now + 50_000_000)
    }

    private func canHear(_ node: Int) -> Bool { nodes[node].runs && nodes[node].hasCarrier && !nodes[node].isFinished }

    private mutating func tick(_ index: Int) {
        guard nodes[index].runs, nodes[index].tickAt == now else { return }
        nodes[index].tickAt = nil
        handle(.tick, at: index)
    }

    private mutating func deliver(_ datagram: OwnershipDatagram, to index: Int) {
        guard nodes[index].isPowered, nodes[index].hasCarrier, !nodes[index].isPaused else { return }
        switch nodes[index].process {
        case .running: if canHear(index) { handle(.datagram(datagram), at: index) }
        case .stopped:
            if nodes[index].backlog.count < SimulatedNode.backlogLimit { nodes[index].backlog.append(datagram) }
        case .dead: break
        }
    }

    /// Gives an event to a node's machine, performs what it wants and notes its next deadline.
    mutating func handle(_ event: OwnershipEvent, at index: Int) {
        let claimsBefore = nodes[index].session.counters.claims
        let instant = Instant(nanoseconds: nodes[index].local(now))
        let effects = nodes[index].session.handle(event, at: instant, using: &random)
        for effect in effects { perform(effect, of: index) }
        if nodes[index].session.counters.claims != claimsBefore {
            withRecord { $0.noteClaims($1, of: index) }
        }
        scheduleTick(index)
    }

    mutating func scheduleTick(_ index: Int) {
        guard nodes[index].runs, let deadline = nodes[index].session.nextDeadline else { return }
        let at = max(now, deadline.nanoseconds + nodes[index].clockLag)
        guard nodes[index].tickAt.map({ $0 != at }) ?? true else { return }
        nodes[index].tickAt = at
        queue.add(.tick(node: index), at: at)
    }

    /// Adds a line to the trace; callers ask `isTracing` first, as most texts cost more than the step they describe.
    mutating func note(_ text: String) {
        let milliseconds = now / 1_000_000
        trace.append("\(milliseconds / 1000).\(String(1000 + milliseconds % 1000).dropFirst()) \(text)")
    }

    /// The machine of a node, to be looked at.
    package func session(_ node: Int) -> OwnershipSession { nodes[node].session }

    /// The nodes whose kernels answer for a VIP.
    package func answering(_ vip: IPAddress) -> [Int] { nodes.indices.filter { nodes[$0].answers(vip, at: now) } }

    /// The nodes whose machines claim a VIP.
    package func claimants(_ vip: IPAddress) -> [Int] {
        nodes.indices.filter { nodes[$0].runs && !nodes[$0].isFinished && nodes[$0].session.claims(vip) }
    }

    /// Gives an event to a node's machine from outside: a key, a view, a drain.
    package mutating func inject(_ event: OwnershipEvent, at node: Int) {
        if nodes[node].runs { handle(event, at: node) }
    }

    /// Lets a station that is no member answer for a VIP, or not any more.
    package mutating func setStranger(_ vip: IPAddress, _ isThere: Bool) {
        if isThere { strangers.insert(vip) } else { strangers.remove(vip) }
    }
}

/// Whole nanoseconds of a duration.
func nanoseconds(_ duration: Duration) -> Int64 {
    let (seconds, attoseconds) = duration.components
    return seconds * 1_000_000_000 + attoseconds / 1_000_000_000
}
