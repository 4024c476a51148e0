import BFD
import Testing
import Timing

/// One session, fed by hand.
struct Desk {
    static let peerDiscriminator: UInt32 = 0x2222
    var session: BFDSession
    var random = SeededGenerator(seed: 5)
    var now = Instant.at(.zero)

    init(_ settings: BFDSettings = BFDSettings(), start: Bool = true) {
        session = BFDSession(discriminator: 0x1111, settings: settings, using: &random)
        if start { handle(.started) }
    }

    @discardableResult mutating func handle(_ event: BFDEvent) -> [BFDEffect] {
        session.handle(event, at: now, using: &random)
    }

    /// A packet of the peer.
    @discardableResult mutating func hear(
        _ state: BFDState, _ flags: BFDMessage.Flags = [], multiplier: UInt8 = 3, transmit: UInt32 = 50_000,
        receive: UInt32 = 50_000, echo: UInt32 = 0, hopLimit: UInt8 = 255
    ) -> [BFDEffect] {
        handle(
            .received(
                BFDMessage(
                    state: state, flags: flags, detectMultiplier: multiplier, myDiscriminator: Self.peerDiscriminator,
                    yourDiscriminator: session.discriminator, desiredMinTransmit: transmit,
                    requiredMinReceive: receive, requiredMinEchoReceive: echo), hopLimit: hopLimit))
    }

    /// Brings the session to a state.
    mutating func reach(_ state: BFDState) {
        switch state {
        case .adminDown: handle(.disabled)
        case .down: break
        case .initializing: hear(.down)
        case .up: hear(.initializing)
        }
    }

    /// Comes back at each deadline until then, the last moment included.
    mutating func wait(_ duration: Duration) -> [BFDEffect] {
        let limit = now + duration
        var effects: [BFDEffect] = []
        while let next = session.nextDeadline, next <= limit {
            now = max(now, next)
            effects += handle(.tick)
        }
        now = limit
        return effects
    }
}

extension [BFDEffect] {
    var messages: [BFDMessage] {
        compactMap { if case .send(let bytes) = $0 { try? BFDMessage(decoding: bytes) } else { nil } }
    }
    var changes: [BFDStateChange] { compactMap { if case .stateChanged(let change) = $0 { change } else { nil } } }
    var echoes: [BFDEcho] {
        compactMap { if case .sendEcho(let bytes) = $0 { try? BFDEcho(decoding: bytes) } else { nil } }
    }
}

@Suite("The state table (RFC 5880 6.8.6)")
struct StateTableTests {
    static let rows: [(local: BFDState, received: BFDState, next: BFDState, diagnostic: BFDDiagnostic)] = [
        (.adminDown, .adminDown, .adminDown, .administrativelyDown),
        (.adminDown, .down, .adminDown, .administrativelyDown),
        (.adminDown, .initializing, .adminDown, .administrativelyDown),
        (.adminDown, .up, .adminDown, .administrativelyDown),
        (.down, .adminDown, .down, .none), (.down, .down, .initializing, .none), (.down, .initializing, .up, .none),
        (.down, .up, .down, .none),
        (.initializing, .adminDown, .down, .neighborSignaledDown), (.initializing, .down, .initializing, .none),
        (.initializing, .initializing, .up, .none), (.initializing, .up, .up, .none),
        (.up, .adminDown, .down, .neighborSignaledDown), (.up, .down, .down, .neighborSignaledDown),
        (.up, .initializing, .up, .none), (.up, .up, .up, .none),
    ]

    @Test("each state takes each received state as the table says", arguments: rows)
    func row(local: BFDState, received: BFDState, next: BFDState, diagnostic: BFDDiagnostic) {
        var desk = Desk()
        desk.reach(local)
        #expect(desk.session.state == local)
        let effects = desk.hear(received)
        #expect(desk.session.state == next)
        #expect(desk.session.diagnostic == diagnostic)
        #expect(effects.changes.map(\.to) == (local == next ? [] : [next]))
        // a change is told at once, and only a change
        #expect(effects.messages.map(\.state) == (local == next ? [] : [next]))
        #expect(desk.session.counters.dropped == (local == .adminDown ? [.administrativelyDown: 1] : [:]))
    }

    @Test("a session that was not started sends nothing and takes nothing")
    func notStarted() {
        var desk = Desk(start: false)
        #expect(desk.session.nextDeadline == nil)
        #expect(desk.hear(.down).isEmpty && desk.handle(.tick).isEmpty)
        #expect(desk.session.counters.dropped == [.administrativelyDown: 1])
        #expect(desk.handle(.started).messages.map(\.state) == [.down])
    }

    @Test("silence takes Init and Up down with diagnostic 1", arguments: [BFDState.initializing, .up])
    func silence(state: BFDState) {
        var desk = Desk(BFDSettings(transmitInterval: .seconds(1)))
        desk.reach(state)
        let effects = desk.wait(.milliseconds(900))
        #expect(effects.changes.map(\.to) == [.down] && effects.changes.map(\.diagnostic) == [.detectionTimeExpired])
        #expect(effects.messages.last?.diagnostic == .detectionTimeExpired)
    }

    @Test("after one more detection time of silence the peer's discriminator is forgotten")
    func forgets() {
        var desk = Desk()
        desk.reach(.up)
        // 3 times our 300 ms: down, and again 900 ms later
        let failed = desk.wait(.milliseconds(900)).messages
        #expect(failed.last?.state == .down && failed.last?.yourDiscriminator == Desk.peerDiscriminator)
        _ = desk.wait(.milliseconds(899))
        #expect(desk.session.status.remoteDiscriminator == Desk.peerDiscriminator)
        _ = desk.wait(.milliseconds(1))
        #expect(desk.session.status.remoteDiscriminator == 0)
        #expect(desk.wait(.seconds(1)).messages.last?.yourDiscriminator == 0)
    }

    @Test("a path that something else knows to be gone takes the session down with diagnostic 5")
    func pathFailed() {
        var desk = Desk()
        desk.reach(.up)
        let effects = desk.handle(.pathFailed)
        #expect(effects.changes.map(\.diagnostic) == [.pathDown])
        #expect(effects.messages.map(\.diagnostic) == [.pathDown])
    }

    @Test(
        "a packet below the least TTL is dropped, counted and shown, and changes nothing",
        arguments: [(255, 254, false), (255, 255, true), (254, 64, false), (254, 254, true), (1, 1, true)]
            as [(UInt8, UInt8, Bool)])
    func hopLimit(least: UInt8, hopLimit: UInt8, isTaken: Bool) {
        var desk = Desk(BFDSettings(minimumHopLimit: least))
        let before = desk.session.nextDeadline
        #expect(desk.hear(.down, hopLimit: hopLimit).isEmpty == !isTaken)
        #expect(desk.session.state == (isTaken ? .initializing : .down))
        #expect(desk.session.counters.dropped == (isTaken ? [:] : [.hopLimit: 1]))
        #expect(desk.session.lastDrop == (isTaken ? nil : .hopLimit(hopLimit, least: least)))
        if !isTaken { #expect(desk.session.nextDeadline == before) }
    }

    @Test("values at their limits overflow nothing")
    func limits() {
        var desk = Desk(BFDSettings(transmitInterval: .seconds(100_000), receiveInterval: .zero, detectMultiplier: 255))
        desk.hear(.initializing, [.poll, .final], multiplier: 255, transmit: .max, receive: .max, echo: .max)
        #expect(desk.session.state == .up)
        #expect(desk.session.status.detectionTime == .microseconds(255 * 4_294_967_295))
        #expect(desk.session.status.transmitInterval == .microseconds(4_294_967_295))
        desk.now = desk.now + .microseconds(255 * 4_294_967_295) - .microseconds(1)
        #expect(desk.handle(.tick).changes.isEmpty)
        desk.now = desk.now + .microseconds(1)
        #expect(desk.handle(.tick).changes.map(\.to) == [.down])
    }

    @Test("a desired interval of 0 from the peer leaves ours in force")
    func zeroTransmit() {
        var desk = Desk(BFDSettings(receiveInterval: .milliseconds(20)))
        desk.hear(.initializing, multiplier: 2, transmit: 0)
        #expect(desk.session.status.detectionTime == .milliseconds(40))
    }
}
