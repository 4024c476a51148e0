import BFD
import Testing
import Timing

@Suite("When packets are sent and missed")
struct TimingTests {
    static let fast = BFDSettings(transmitInterval: .milliseconds(50), receiveInterval: .milliseconds(50))

    @Test(
        "detection is the peer's multiplier times the slower of our receiving and its sending, to the nanosecond",
        arguments: [
            (.milliseconds(50), 50_000, 3, .milliseconds(150)), (.milliseconds(300), 50_000, 3, .milliseconds(900)),
            (.milliseconds(50), 300_000, 5, .milliseconds(1500)), (.milliseconds(10), 10_000, 1, .milliseconds(10)),
        ] as [(Duration, UInt32, UInt8, Duration)])
    func detection(receive: Duration, transmit: UInt32, multiplier: UInt8, expected: Duration) {
        // our own multiplier plays no part
        var desk = Desk(BFDSettings(receiveInterval: receive, detectMultiplier: 9))
        desk.reach(.up)
        desk.now = desk.now + .milliseconds(7)
        desk.hear(.up, multiplier: multiplier, transmit: transmit)
        let heard = desk.now
        desk.now = heard + expected - .nanoseconds(1)
        #expect(desk.handle(.tick).changes.isEmpty)
        desk.now = heard + expected
        #expect(desk.session.nextDeadline.map { $0 <= heard + expected } == true)
        #expect(desk.handle(.tick).changes.map(\.to) == [.down])
    }

    @Test(
        "packets leave after 75 to 100 % of the interval, 75 to 90 % where one loss is fatal",
        arguments: [(3, 0.75...1.0), (1, 0.75...0.9)] as [(UInt8, ClosedRange<Double>)])
    func jitter(multiplier: UInt8, range: ClosedRange<Double>) {
        var settings = Self.fast
        settings.detectMultiplier = multiplier
        var path = TestPath(settings, settings)
        path.delay = .zero
        path.start()
        path.run(for: .seconds(60))
        let times = path.sent(by: .near, since: .at(.seconds(5))).map(\.at)
        let gaps = zip(times.dropFirst(), times).map { ($0 - $1) / .milliseconds(50) }
        #expect(gaps.count > 1000)
        #expect(gaps.allSatisfy { range.contains($0) })
        #expect((gaps.min() ?? 1) < range.lowerBound + 0.01 && (gaps.max() ?? 0) > range.upperBound - 0.01)
        #expect(path.changes(of: .near, since: .at(.seconds(5))).isEmpty)
    }

    @Test("while the session is not Up packets leave once a second, whatever the profile says")
    func slow() {
        var desk = Desk(BFDSettings(transmitInterval: .milliseconds(10)))
        let sent = desk.wait(.seconds(100)).messages
        #expect((100...134).contains(sent.count))
        #expect(sent.allSatisfy { $0.desiredMinTransmit == 1_000_000 && $0.requiredMinReceive == 300_000 })
    }

    @Test("a profile slower than that stays slow")
    func slower() {
        var desk = Desk(BFDSettings(transmitInterval: .seconds(5)))
        #expect((20...27).contains(desk.wait(.seconds(100)).messages.count))
    }

    @Test("a peer that requires an interval of 0 gets no periodic packets, and those again when it wants them")
    func zeroReceive() {
        var desk = Desk(Self.fast)
        desk.hear(.initializing, receive: 0)
        #expect(desk.session.state == .up)
        #expect(desk.wait(.milliseconds(149)).messages.isEmpty)
        // the answer to a question is outside the schedule
        #expect(desk.hear(.up, .poll, receive: 0).messages.map(\.flags) == [.final])
        #expect(desk.wait(.milliseconds(100)).messages.isEmpty)
        #expect(desk.hear(.up, receive: 50_000).messages.count == 1)
        #expect(desk.wait(.milliseconds(140)).messages.count >= 2)
    }

    @Test("the peer's interval is kept where it is the slower")
    func peerIsSlower() {
        var desk = Desk(Self.fast)
        desk.hear(.initializing, .final, transmit: 1_000_000, receive: 400_000)
        #expect(desk.session.status.transmitInterval == .milliseconds(400))
        #expect(desk.wait(.milliseconds(299)).messages.isEmpty)
        #expect(desk.wait(.milliseconds(101)).messages.count == 1)
    }

    @Test("a peer in demand mode gets no periodic packets while both are Up, and all others")
    func demand() {
        var desk = Desk(Self.fast)
        desk.hear(.initializing, .demand)
        // it is not Up yet; our question about the new parameters ends with its answer
        #expect(desk.wait(.milliseconds(100)).messages.map(\.flags) == [.poll, .poll] || desk.session.state == .up)
        desk.hear(.up, [.demand, .final])
        #expect(desk.session.status.isRemoteDemanding)
        #expect(desk.wait(.milliseconds(149)).messages.isEmpty)
        // a question of ours breaks the silence, until it is answered
        var slower = Self.fast
        slower.transmitInterval = .milliseconds(100)
        #expect(desk.hear(.up, .demand).isEmpty)
        let asked = desk.handle(.settingsChanged(slower)).messages + desk.wait(.milliseconds(100)).messages
        #expect(asked.count >= 1 && asked.allSatisfy { $0.flags == .poll && $0.desiredMinTransmit == 100_000 })
        desk.hear(.up, [.demand, .final])
        #expect(desk.wait(.milliseconds(149)).messages.isEmpty)
        let down = desk.hear(.down, .demand)
        #expect(down.messages.map(\.state) == [.down])
        #expect(desk.wait(.milliseconds(1)).messages.isEmpty && desk.session.nextDeadline != nil)
    }
}
