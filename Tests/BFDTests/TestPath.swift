import Addresses
import BFD
import Timing

/// SplitMix64: the same histories in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

extension Instant {
    static func at(_ time: Duration) -> Instant { Instant(sinceStart: .seconds(1000) + time) }
}

/// Two sessions with a path between them, in virtual time.
struct TestPath {
    enum End: Int, CaseIterable {
        case near, far
        var other: End { self == .near ? .far : .near }
    }

    struct Change: Equatable {
        var at: Instant
        var end: End
        var change: BFDStateChange
    }

    struct Sent {
        var at: Instant
        var end: End
        var message: BFDMessage
    }

    private enum Parcel {
        case control(BFDDatagram, to: End)
        case echo([UInt8], to: End)
    }

    var now = Instant.at(.zero)
    var delay: Duration = .milliseconds(1)
    /// The share of packets that are lost.
    var loss = 0.0
    /// Ends whose packets go nowhere.
    var muted: Set<End> = []
    /// False if echo packets do not come back although the path is there.
    var loopsEcho = true

    private(set) var changes: [Change] = []
    private(set) var sent: [Sent] = []
    private(set) var finished: [End] = []
    private var sessions: [BFDSession] = []
    private var tables = [BFDDemultiplexer(), BFDDemultiplexer()]
    private var inFlight: [(at: Instant, parcel: Parcel)] = []
    private var random: SeededGenerator
    private let addresses: [IPAddress]
    private let kind: BFDPath.Kind

    init(
        _ near: BFDSettings, _ far: BFDSettings, seed: UInt64 = 1, kind: BFDPath.Kind = .singleHop,
        addresses: [IPAddress] = [IPAddress(v4: 0x0A00_0001), IPAddress(v4: 0x0A00_0002)]
    ) {
        random = SeededGenerator(seed: seed)
        self.addresses = addresses
        self.kind = kind
        for (index, settings) in [near, far].enumerated() {
            let path: BFDPath =
                kind == .singleHop
                ? .singleHop(from: addresses[index], to: addresses[1 - index], interface: 2)
                : .multiHop(from: addresses[index], to: addresses[1 - index])
            let discriminator = tables[index].discriminator(for: path, using: &random)
            sessions.append(BFDSession(discriminator: discriminator, settings: settings, using: &random))
        }
    }

    /// Both ends with the same settings, started, and Up.
    static func up(_ near: BFDSettings, _ far: BFDSettings? = nil, seed: UInt64 = 1) -> TestPath {
        var path = TestPath(near, far ?? near, seed: seed)
        path.start()
        path.run(for: .seconds(5))
        return path
    }

    subscript(end: End) -> BFDSession { sessions[end.rawValue] }

    mutating func start() { for end in End.allCases { give(.started, to: end) } }

    mutating func give(_ event: BFDEvent, to end: End) {
        for effect in sessions[end.rawValue].handle(event, at: now, using: &random) {
            switch effect {
            case .stateChanged(let change): changes.append(Change(at: now, end: end, change: change))
            case .finished: finished.append(end)
            case .send(let bytes):
                if let message = try? BFDMessage(decoding: bytes) {
                    sent.append(Sent(at: now, end: end, message: message))
                }
                let datagram = BFDDatagram(
                    bytes: bytes, kind: kind, source: addresses[end.rawValue],
                    destination: addresses[end.other.rawValue], interface: 2)
                if !isLost(from: end) { inFlight.append((now + delay, .control(datagram, to: end.other))) }
            case .sendEcho(let bytes):
                if loopsEcho, !isLost(from: end), !isLost(from: end.other) {
                    inFlight.append((now + delay * 2, .echo(bytes, to: end)))
                }
            }
        }
    }

    /// Replaces an end by a process that knows nothing of the old one.
    mutating func restart(_ end: End) {
        let path = tables[end.rawValue].path(of: self[end].discriminator)
        tables[end.rawValue].remove(self[end].discriminator)
        guard let path else { return }
        let discriminator = tables[end.rawValue].discriminator(for: path, using: &random)
        sessions[end.rawValue] = BFDSession(
            discriminator: discriminator, settings: self[end].settings, using: &random)
        give(.started, to: end)
    }

    mutating func run(for duration: Duration) {
        let limit = now + duration
        while let next = nextMoment, next <= limit {
            now = max(now, next)
            deliverDue()
            for end in End.allCases where self[end].nextDeadline.map({ $0 <= now }) == true { give(.tick, to: end) }
        }
        now = limit
    }

    func changes(of end: End, since: Instant) -> [Change] { changes.filter { $0.end == end && $0.at >= since } }

    func sent(by end: End, since: Instant) -> [Sent] { sent.filter { $0.end == end && $0.at >= since } }

    private var nextMoment: Instant? {
        (sessions.compactMap(\.nextDeadline) + inFlight.map(\.at)).min()
    }

    private mutating func deliverDue() {
        let due = inFlight.filter { $0.at <= now }
        inFlight.removeAll { $0.at <= now }
        for (_, parcel) in due {
            switch parcel {
            case .control(let datagram, let end):
                if let (_, message) = try? tables[end.rawValue].route(datagram) {
                    give(.received(message, hopLimit: datagram.hopLimit), to: end)
                }
            case .echo(let bytes, let end):
                let own = self[end].discriminator
                if let echo = try? tables[end.rawValue].route(echo: bytes, heardBy: own) {
                    give(.echoReturned(echo), to: end)
                }
            }
        }
    }

    private mutating func isLost(from end: End) -> Bool {
        muted.contains(end) || Double.random(in: 0..<1, using: &random) < loss
    }
}
