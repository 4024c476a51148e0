import BFD
import Testing
import Timing

@Suite("Changing parameters without a flap (RFC 5880 6.5, 6.8.3)")
struct PollTests {
    static let fast = TimingTests.fast
    static let slow = BFDSettings(transmitInterval: .milliseconds(500), receiveInterval: .milliseconds(500))

    /// A session that is Up with nothing left to ask.
    static func settled(_ settings: BFDSettings) -> Desk {
        var desk = Desk(settings)
        desk.reach(.up)
        desk.hear(.up, .final)
        return desk
    }

    @Test("on the way Up the profile's interval is used at once, and asked about until the peer answers")
    func comingUp() {
        var desk = Desk(Self.fast)
        let first = desk.hear(.initializing).messages
        #expect(first.map(\.flags) == [.poll] && first.map(\.desiredMinTransmit) == [50_000])
        #expect(desk.wait(.milliseconds(140)).messages.allSatisfy { $0.flags == .poll })
        desk.hear(.up, .final)
        #expect(!desk.session.status.isPolling)
        let later = desk.wait(.milliseconds(140)).messages
        #expect(later.count >= 2 && later.allSatisfy { $0.flags == [] })
    }

    @Test("a question is answered at once, once, and never with a question", arguments: [true, false])
    func answers(isPolling: Bool) {
        var desk = isPolling ? Desk(Self.fast) : Self.settled(Self.fast)
        if isPolling { desk.reach(.up) }
        #expect(desk.session.status.isPolling == isPolling)
        #expect(desk.hear(.up, .poll).messages.map(\.flags) == [.final])
        #expect(desk.hear(.up).messages.isEmpty)
        // both bits at once are both heeded
        #expect(desk.hear(.up, [.poll, .final]).messages.map(\.flags) == [.final])
        #expect(!desk.session.status.isPolling)
    }

    @Test("slower sending and quicker missing wait for the peer's answer; the contrary does not")
    func waits() {
        var desk = Self.settled(Self.fast)
        desk.handle(
            .settingsChanged(BFDSettings(transmitInterval: .milliseconds(200), receiveInterval: .milliseconds(80))))
        #expect(desk.session.status.transmitInterval == .milliseconds(50))
        #expect(desk.session.status.detectionTime == .milliseconds(240))
        let asked = desk.wait(.milliseconds(100)).messages
        #expect(asked.count >= 2)
        #expect(
            asked.allSatisfy {
                $0.flags == .poll && $0.desiredMinTransmit == 200_000 && $0.requiredMinReceive == 80_000
            })
        desk.hear(.up, .final)
        #expect(desk.session.status.transmitInterval == .milliseconds(200))
        // back again: sooner sending at once, quicker missing after the answer
        desk.handle(.settingsChanged(Self.fast))
        #expect(desk.session.status.transmitInterval == .milliseconds(50))
        #expect(desk.session.status.detectionTime == .milliseconds(240))
        _ = desk.wait(.milliseconds(60))
        desk.hear(.up, .final)
        #expect(desk.session.status.detectionTime == .milliseconds(150))
    }

    @Test("an answer before the question was sent, or to an older question, ends nothing")
    func staleAnswers() {
        var desk = Self.settled(Self.fast)
        desk.handle(.settingsChanged(Self.slow))
        desk.hear(.up, .final)
        #expect(desk.session.status.isPolling && desk.session.status.transmitInterval == .milliseconds(50))
        #expect(desk.wait(.milliseconds(50)).messages.first?.flags == .poll)
        var slower = Self.slow
        slower.transmitInterval = .milliseconds(900)
        desk.handle(.settingsChanged(slower))
        desk.hear(.up, .final)
        #expect(desk.session.status.isPolling && desk.session.status.transmitInterval == .milliseconds(50))
        #expect(desk.wait(.milliseconds(50)).messages.allSatisfy { $0.desiredMinTransmit == 900_000 })
        desk.hear(.up, .final)
        #expect(!desk.session.status.isPolling && desk.session.status.transmitInterval == .milliseconds(900))
    }

    @Test("a new multiplier is told with the next packet, without a question")
    func multiplier() {
        var desk = Self.settled(Self.fast)
        var other = Self.fast
        other.detectMultiplier = 5
        desk.handle(.settingsChanged(other))
        #expect(!desk.session.status.isPolling)
        #expect(desk.wait(.milliseconds(50)).messages.first?.detectMultiplier == 5)
    }

    @Test("a settings change while Down is in force at once")
    func whileDown() {
        var desk = Desk(Self.fast)
        desk.handle(.settingsChanged(BFDSettings(transmitInterval: .seconds(2))))
        #expect(desk.session.status.transmitInterval == .seconds(2) && !desk.session.status.isPolling)
    }

    @Test(
        "profiles change to and fro on a lossy path and the session never goes down",
        arguments: 1...20 as ClosedRange<UInt64>)
    func lossy(seed: UInt64) {
        var profiles = [
            Self.fast, Self.slow, BFDSettings(transmitInterval: .milliseconds(10), receiveInterval: .milliseconds(800)),
        ]
        for index in profiles.indices { profiles[index].detectMultiplier = 12 }
        var path = TestPath.up(profiles[0], seed: seed)
        path.loss = 0.15
        path.delay = .milliseconds(3)
        let start = path.now
        for step in 0..<12 {
            let profile = profiles[(step + Int(seed)) % 3]
            path.give(.settingsChanged(profile), to: step % 2 == 0 ? .near : .far)
            path.run(for: .milliseconds(step % 3 == 0 ? 40 : 3000))
        }
        path.loss = 0
        path.run(for: .seconds(30))
        #expect(path.changes.allSatisfy { $0.at < start })
        for end in TestPath.End.allCases {
            #expect(path[end].state == .up && !path[end].status.isPolling)
        }
        let (near, far) = (path[.near].status, path[.far].status)
        // each end expects what the other does
        #expect(near.detectionTime == far.transmitInterval * 12 && far.detectionTime == near.transmitInterval * 12)
    }
}
