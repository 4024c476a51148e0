import Addresses
import BGP
import Testing
import Timing

@Suite("Events in any order")
struct NoiseTests {
    static let messages: [[UInt8]] = [
        TestSpeaker.peerOpen(), DepartureTests.restartOpen, BGPMessage.keepalive, BGPMessage.keepalive,
        BGPMessage.endOfRIB(.ipv4Unicast), RouteRefreshMessage(.ipv4Unicast, .request).encoded,
        NotificationMessage.cease(.administrativeReset).encoded, NotificationMessage(code: 2, subcode: 4).encoded,
        hex("FF*16 0013 07"), hex("FFFF"),
    ]

    static func event(
        _ ids: [ConnectionID], _ configuration: PeerConfiguration, _ path: ConnectionPath,
        _ random: inout SeededGenerator
    ) -> PeerEvent {
        let id = ids.randomElement(using: &random) ?? .incoming(0)
        switch Int.random(in: 0..<30, using: &random) {
        case 0: return .start(isRestarted: Bool.random(using: &random))
        case 1:
            return .stop(
                [.restart, .shutdown(nil), .deconfigured, .drain(.seconds(3), nil)].randomElement(using: &random)
                    ?? .restart)
        case 2: return .reset(nil)
        case 3:
            var changed = configuration
            changed.holdSeconds = Bool.random(using: &random) ? 90 : 30
            changed.isPassive = Bool.random(using: &random)
            return .configure(changed)
        case 4..<9: return .connected(id, path)
        case 9: return .dialFailed(id, "refused")
        case 10: return .closed(id, "")
        case 11: return .wrote(id, isPending: Bool.random(using: &random))
        case 12: return .bfdDown
        case 13: return .reachable
        case 14..<17: return .timer
        default: return .received(id, messages.randomElement(using: &random) ?? [])
        }
    }

    @Test(
        "no order of events breaks the session: one connection carries it, readers come and go in pairs",
        arguments: 0..<200)
    func anyOrder(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        let configuration = try TestSpeaker.configuration { $0.gracefulRestartSeconds = 120 }
        var speaker = TestSpeaker(configuration)
        speaker.random = SeededGenerator(seed: seed &+ 5)
        for index in 0..<20 { speaker.table.announce(ExportTableTests.host(index)) }
        var ids: [ConnectionID] = []
        var balance = 0
        var establishments = 0
        speaker.handle(.start(isRestarted: false))
        for step in 0..<400 {
            if let dialled = speaker.dialled { ids.append(dialled) }
            if step.isMultiple(of: 7) { ids.append(.incoming(UInt64(step))) }
            ids = ids.suffix(5)
            speaker.now = speaker.now + .milliseconds(Int.random(in: 0..<4000, using: &random))
            speaker.handle(Self.event(ids, configuration, speaker.path, &random), reads: Bool.random(using: &random))
            for effect in speaker.last {
                switch effect {
                case .established:
                    balance += 1
                    establishments += 1
                case .down: balance -= 1
                default: break
                }
            }
            #expect(balance == (speaker.session.state == .established ? 1 : 0))
            #expect((speaker.session.establishedConnection != nil) == (speaker.session.state == .established))
        }
        speaker.handle(.stop(.restart))
        speaker.advance(.seconds(10))
        #expect(speaker.session.nextDeadline == nil)
        #expect(speaker.session.state == .idle)
        #expect(speaker.session.record.establishments == establishments)
    }

    @Test("random bytes after a valid beginning never trap", arguments: 0..<60)
    func randomBytes(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        for _ in 0..<20 {
            var speaker = TestSpeaker(try TestSpeaker.configuration())
            let id = try speaker.connect()
            if Bool.random(using: &random) { speaker.handle(.received(id, TestSpeaker.peerOpen())) }
            if Bool.random(using: &random) { speaker.handle(.received(id, BGPMessage.keepalive)) }
            for _ in 0..<5 {
                var bytes = Self.messages.randomElement(using: &random) ?? []
                for _ in 0..<Int.random(in: 0..<4, using: &random) {
                    guard let position = bytes.indices.randomElement(using: &random) else { continue }
                    bytes[position] = UInt8.random(in: 0...255, using: &random)
                }
                speaker.handle(.received(id, bytes))
            }
            speaker.handle(.closed(id, ""))
            #expect(speaker.session.state != .established)
        }
    }
}
