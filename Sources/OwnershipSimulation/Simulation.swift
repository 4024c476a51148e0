package import Addresses
package import Ownership
import Timing

/// The product's machines on a link that exists only in memory: virtual time, kernels with leases, a switch that
/// delays, loses and doubles frames, and faults. The same scenario gives the same history, always.
package struct Simulation: Sendable {
    enum Event: Sendable {
        case tick(node: Int)
        case datagram(OwnershipDatagram, to: Int)
        /// Of an attacker: recorded earlier, and perhaps damaged.
        case forged(OwnershipDatagram, to: Int, isDamaged: Bool)
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
    package private(set) var scenario: Scenario
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
    /// Keys that nodes hold now, where they are not the common ones.
    var nodeKeys: [Int: OwnershipKeys]
    /// True if what the record looks at may have changed.
    var hasChanged = true
    let isTracing: Bool
    let keys = OwnershipKeys(id: 1, key: Array("a key of the simulation".utf8))

    /// A simulation at time 0.
    package init(_ scenario: Scenario, isTracing: Bool = false) {
        self.scenario = scenario
        self.isTracing = isTracing
        random = SeededGenerator(seed: scenario.seed ^ 0x5EED)
        nodeKeys = scenario.keys
        record = HistoryRecord(vips: (0..<scenario.vips).map(Scenario.vip))
        let views = Dictionary(uniqueKeysWithValues: (0..<scenario.vips).map { (Scenario.vip($0), scenario.view()) })
        for index in 0..<scenario.nodes {
            nodes.append(
                SimulatedNode(
                    index: index, name: scenario.name(index), address: scenario.address(index),
                    session: newSession(index), snapshot: scenario.snapshots[index] ?? .init(), views: views))
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
        var settings = OwnershipSettings(nodeName: scenario.name(index), mac: MACAddress(bits: UInt64(index) + 1))
        settings.helloInterval = scenario.helloIntervals[index] ?? scenario.helloInterval
        settings.multiplier = scenario.multiplier
        settings.sendsUnicastHellos = !scenario.link.passesMulticast
        if scenario.hasGateway { settings.gateway = Self.gateway }
        return OwnershipSession(settings: settings, keys: nodeKeys[index] ?? keys, using: &random)
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
        refreshRecord()
        while let next = queue.next, next <= end, let (at, event) = queue.pop() {
            now = max(now, at)
            process(event)
            if hasChanged { refreshRecord() }
        }
        now = max(now, end)
        refreshRecord()
    }

    /// Lets the history go on for so long.
    package mutating func run(for duration: Duration) { run(until: time + duration) }

    /// Runs a history to its end: so long after the last fault that everything must have come to rest, and then on.
    package mutating func runToEnd(after rest: Duration = .seconds(33)) { run(until: scenario.quietAt + rest) }

    /// Starts the sums of the record anew.
    package mutating func resetRecord() {
        refreshRecord()
        record.reset()
    }

    private mutating func refreshRecord() {
        hasChanged = false
        withRecord { $0.refresh($1) }
    }

    /// Lets the record look at everything else.
    mutating func withRecord(_ body: (inout HistoryRecord, Simulation) -> Void) {
        var taken = HistoryRecord(vips: [])
        swap(&taken, &record)
        body(&taken, self)
        swap(&taken, &record)
    }

    mutating func process(_ event: Event) {
        switch event {
        case .tick(let node): tick(node)
        case .datagram(let datagram, let node): deliver(datagram, to: node)
        case .forged(let datagram, let node, let isDamaged): deliverForged(datagram, to: node, isDamaged)
        case .neighbor(let observation, let node): hear(.neighborHeard(observation), at: node)
        case .frame(let node): hear(.frameHeard, at: node)
        case .question(let vip, let node, let asker): answer(vip, at: node, to: asker)
        case .announcement(let vip, let node, let round): announce(vip, from: node, round: round)
        case .look: look()
        default: processChange(event)
        }
    }

    /// What changes the world, not only the machines' knowledge of it.
    private mutating func processChange(_ event: Event) {
        hasChanged = true
        switch event {
        case .leaseEnd(let node): endLease(node)
        case .begin(let fault): begin(scenario.faults[fault], fault)
        case .end(let fault): end(scenario.faults[fault])
        case .start(let node, let booted): startProcess(node, booted: booted)
        case .forward(let node): cuts.shut(node, false)
        case .grace(let node): if nodes[node].runs { handle(.graceEnded, at: node) }
        case .restart(let node): if nodes[node].runs { handle(.restart, at: node) }
        default: break
        }
    }

    /// Looks at the whole every 50 ms; what is broken for an instant only is found by the sums in between.
    private mutating func look() {
        hasChanged = true
        withRecord { $0.look($1) }
        queue.add(.look, at: now + (scenario.vips > 100 ? 500_000_000 : 50_000_000))
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
        case .running: hear(.datagram(datagram), at: index)
        case .stopped:
            if nodes[index].backlog.count < SimulatedNode.backlogLimit { nodes[index].backlog.append(datagram) }
        case .dead: break
        }
    }

    /// An attacker's datagram may do something only if it is whole and was never received.
    private mutating func deliverForged(_ datagram: OwnershipDatagram, to index: Int, _ isDamaged: Bool) {
        guard canHear(index) else { return }
        let droppedBefore = nodes[index].session.counters.dropped
        let membersBefore = nodes[index].session.peerStatuses
        let effects = hear(.datagram(datagram), at: index)
        let wasDropped = nodes[index].session.counters.dropped != droppedBefore
        let hadEffect = effects.contains { effect in
            if case .send = effect { false } else { true }
        }
        let outcome = ForgeryOutcome(
            wasTaken: isDamaged && !wasDropped,
            hadEffect: wasDropped && (hadEffect || nodes[index].session.peerStatuses != membersBefore))
        withRecord { $0.noteForged($1, at: index, outcome) }
    }

    /// A frame comes to a node, which may not be there to hear it.
    @discardableResult
    private mutating func hear(_ event: OwnershipEvent, at node: Int) -> [OwnershipEffect] {
        guard canHear(node) else { return [] }
        nodes[node].heardAt = now
        return handle(event, at: node)
    }

    /// Gives an event to a node's machine, performs what it wants and notes its next deadline.
    @discardableResult
    mutating func handle(_ event: OwnershipEvent, at index: Int) -> [OwnershipEffect] {
        let claimsBefore = nodes[index].session.counters.claims
        let instant = Instant(nanoseconds: nodes[index].local(now))
        let effects = nodes[index].session.handle(event, at: instant, using: &random)
        for effect in effects { perform(effect, of: index) }
        if nodes[index].session.counters.claims != claimsBefore {
            withRecord { $0.noteClaims($1, of: index) }
        }
        let isElecting = nodes[index].session.isElecting
        if isElecting != nodes[index].isElecting {
            nodes[index].isElecting = isElecting
            hasChanged = true
        }
        scheduleTick(index)
        return effects
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

    /// Gives an event to a node's machine from outside: a key, a view, a drain.
    package mutating func inject(_ event: OwnershipEvent, at node: Int) {
        if case .keysChanged(let keys) = event { nodeKeys[node] = keys }
        if nodes[node].runs { handle(event, at: node) }
        hasChanged = true
    }

    /// Lets something go wrong from now on.
    package mutating func strike(_ fault: Fault, node: Int, for length: Duration) {
        scenario.faults.append(ScheduledFault(fault, node: node, at: time, for: length))
        record.forgetRest()
        queue.add(.begin(fault: scenario.faults.count - 1), at: now)
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
