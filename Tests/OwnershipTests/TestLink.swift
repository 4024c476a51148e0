import Addresses
import Ownership
import Ranking
import Timing

/// Several machines on one link in memory, with a manual clock: what one sends the others receive after 200 us.
struct TestLink {
    struct Node {
        var name: String
        var session: OwnershipSession
        var address: IPAddress
        var isAlive = true
        var hearsNothing = false
        var saysNothing = false
        /// What the kernel answers for, and until when.
        var kernel: Set<IPAddress> = []
        var leaseEndsAt: Instant?
        var effects: [OwnershipEffect] = []

        func answers(_ vip: IPAddress, at now: Instant) -> Bool {
            kernel.contains(vip) && leaseEndsAt.map { now < $0 } ?? false
        }
    }

    enum Arrival {
        case event(OwnershipEvent, node: Int)
    }

    static let latency: Duration = .microseconds(200)

    var nodes: [Node] = []
    var now = Instant(nanoseconds: 1_000_000_000)
    var random = SeededGenerator(seed: 1)
    var queue: [(at: Instant, arrival: Arrival)] = []
    /// Pairs (from, to) whose frames get lost.
    var cuts: Set<[Int]> = []
    var keys = OwnershipKeys(id: 1, key: Array("0123456789abcdef".utf8))
    var hasGateway = true

    /// A link that has come to rest.
    static func settled(_ names: [String], _ vips: [IPAddress]) -> TestLink {
        var link = TestLink(names)
        link.start(vips)
        link.run(.seconds(3))
        return link
    }

    static func vip(_ index: Int) -> IPAddress { IPAddress(v4: 0x0A14_1E00 + UInt32(index)) }

    init(_ names: [String]) {
        for (index, name) in names.enumerated() { add(name, index: index) }
    }

    mutating func add(_ name: String, index: Int, keys: OwnershipKeys? = nil) {
        var settings = OwnershipSettings(nodeName: name, mac: MACAddress(bits: UInt64(index) + 1))
        settings.gateway = IPAddress(v4: 0x0A00_00FE)
        let session = OwnershipSession(settings: settings, keys: keys ?? self.keys, using: &random)
        nodes.append(Node(name: name, session: session, address: IPAddress(v4: 0x0A00_0001 + UInt32(index))))
    }

    /// A new process on the node; its kernel is kept unless the node booted.
    mutating func restartProcess(
        _ index: Int, booted: Bool, snapshot: OwnershipSnapshot = .init(), views: [IPAddress: VIPView]
    ) {
        var settings = OwnershipSettings(nodeName: nodes[index].name, mac: MACAddress(bits: UInt64(index) + 1))
        settings.gateway = IPAddress(v4: 0x0A00_00FE)
        nodes[index].session = OwnershipSession(settings: settings, keys: keys, using: &random)
        nodes[index].isAlive = true
        if booted { nodes[index].kernel = [] }
        let held = nodes[index].kernel.filter { nodes[index].answers($0, at: now) }.sorted()
        send(.viewChanged(views), to: index)
        send(.started(kernelHolds: held, snapshot: snapshot), to: index)
    }

    func view(_ eligibility: VIPView.Eligibility = .eligible) -> VIPView {
        VIPView(candidates: Set(nodes.map(\.name)).sorted().map { Candidate($0) }, eligibility: eligibility)
    }

    /// Starts all nodes, which all see these VIPs.
    mutating func start(_ vips: [IPAddress]) {
        let views = Dictionary(uniqueKeysWithValues: vips.map { ($0, view()) })
        for index in nodes.indices {
            send(.viewChanged(views), to: index)
            send(.started(kernelHolds: [], snapshot: .init()), to: index)
        }
    }

    mutating func send(_ event: OwnershipEvent, to index: Int) {
        guard nodes[index].isAlive else { return }
        let effects = nodes[index].session.handle(event, at: now, using: &random)
        nodes[index].effects += effects
        for effect in effects { perform(effect, of: index) }
    }

    private mutating func perform(_ effect: OwnershipEffect, of index: Int) {
        switch effect {
        case .setLease(let lease): nodes[index].leaseEndsAt = now + lease
        case .program(let vips): nodes[index].kernel.formUnion(vips)
        case .withdraw(let vips, _): nodes[index].kernel.subtract(vips)
        case .send(let bytes, .multicast):
            for other in nodes.indices where other != index { carry(bytes, index, other) }
        case .send(let bytes, .unicast(let address)):
            for other in nodes.indices where nodes[other].address == address { carry(bytes, index, other) }
        case .ask(let vip, let mac):
            for other in nodes.indices where other != index && MACAddress(bits: UInt64(other) + 1) == mac {
                answer(vip, by: other, to: index)
            }
        case .startProbe(let vips):
            for vip in vips { for other in nodes.indices where other != index { answer(vip, by: other, to: index) } }
        case .seekReception:
            if hasGateway && !nodes[index].hearsNothing && !nodes[index].saysNothing {
                enqueue(.neighborHeard(observation(IPAddress(v4: 0x0A00_00FE), MACAddress(bits: 0xFE))), to: index)
            }
        case .announceBurst, .announceOnce, .report, .finished: break
        }
    }

    func observation(_ address: IPAddress, _ mac: MACAddress) -> NeighborObservation {
        NeighborObservation(address: address, ethernetSource: mac, hardwareAddress: mac, answersUs: true)
    }

    private mutating func answer(_ vip: IPAddress, by other: Int, to index: Int) {
        guard nodes[other].answers(vip, at: now), isOpen(index, other), isOpen(other, index) else { return }
        enqueue(.neighborHeard(observation(vip, MACAddress(bits: UInt64(other) + 1))), to: index)
    }

    private func isOpen(_ from: Int, _ to: Int) -> Bool {
        !cuts.contains([from, to]) && !nodes[from].saysNothing && !nodes[to].hearsNothing
    }

    private mutating func carry(_ bytes: [UInt8], _ from: Int, _ to: Int) {
        guard isOpen(from, to) else { return }
        enqueue(.datagram(OwnershipDatagram(bytes: bytes, source: nodes[from].address)), to: to)
    }

    mutating func enqueue(_ event: OwnershipEvent, to index: Int) {
        queue.append((now + Self.latency, .event(event, node: index)))
    }

    /// Lets time pass.
    mutating func run(_ duration: Duration) {
        let end = now + duration
        while true {
            let deadlines = nodes.indices.filter { nodes[$0].isAlive }
                .compactMap { index in nodes[index].session.nextDeadline.map { (at: $0, index: index) } }
            let tick = deadlines.min { $0.at < $1.at }
            let head = queue.indices.min { queue[$0].at < queue[$1].at }
            if let head, queue[head].at <= end, tick.map({ queue[head].at <= $0.at }) ?? true {
                let (at, arrival) = queue.remove(at: head)
                now = max(now, at)
                if case .event(let event, let node) = arrival { send(event, to: node) }
            } else if let tick, tick.at <= end {
                now = max(now, tick.at)
                send(.tick, to: tick.index)
            } else {
                now = end
                return
            }
        }
    }

    /// Cuts a node off, both ways.
    mutating func isolate(_ index: Int, _ isolated: Bool = true) {
        nodes[index].hearsNothing = isolated
        nodes[index].saysNothing = isolated
    }

    /// Names of the nodes whose machines claim the VIP.
    func claimants(_ vip: IPAddress) -> [String] {
        nodes.filter { $0.isAlive && $0.session.claimedVIPs.contains(vip) }.map(\.name)
    }

    /// Names of the nodes whose kernels answer.
    func answering(_ vip: IPAddress) -> [String] { nodes.filter { $0.answers(vip, at: now) }.map(\.name) }

    func index(_ name: String) -> Int { nodes.firstIndex { $0.name == name } ?? 0 }

    /// How long nobody in `indices` answers for the VIP from now on.
    mutating func gap(_ vip: IPAddress, among indices: [Int], limit: Duration = .seconds(10)) -> Duration {
        let start = now
        while now - start < limit {
            if indices.contains(where: { nodes[$0].answers(vip, at: now) }) { return now - start }
            run(.milliseconds(1))
        }
        return limit
    }

    func reports(_ index: Int) -> [OwnershipReport] {
        nodes[index].effects.compactMap { if case .report(let report) = $0 { report } else { nil } }
    }
}

/// SplitMix64: small, and the same everywhere.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64
    init(seed: UInt64) { state = seed }
    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
