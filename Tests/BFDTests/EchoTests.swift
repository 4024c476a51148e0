import BFD
import Testing
import Timing

@Suite("The echo function as its sender (RFC 5880 6.8.8, 6.8.9)")
struct EchoTests {
    static let echoing = BFDSettings(
        transmitInterval: .milliseconds(100), receiveInterval: .milliseconds(100), echoInterval: .milliseconds(50))

    @Test(
        "echo packets are sent only if both ends offer it, not faster than the peer loops them",
        arguments: [
            (50, 50_000, 50), (50, 120_000, 120), (200, 50_000, 200),
        ] as [(Int, UInt32, Int)])
    func interval(own: Int, peer: UInt32, expected: Int) {
        var settings = Self.echoing
        settings.echoInterval = .milliseconds(own)
        settings.detectMultiplier = 255
        var desk = Desk(settings)
        #expect(desk.hear(.initializing, multiplier: 255, echo: peer).echoes.count == 1)
        let echoes = desk.wait(.milliseconds(expected * 20)).echoes
        #expect((20...27).contains(echoes.count))
        #expect(echoes.map(\.sequence) == (2..<2 + UInt32(echoes.count)).map(\.self))
        #expect(desk.session.counters.echoPacketsSent == echoes.count + 1)
    }

    @Test("an end that does not want it offers none and sends none")
    func unwanted() {
        var desk = Desk(TimingTests.fast)
        let effects = desk.hear(.initializing, echo: 50_000) + desk.wait(.milliseconds(100))
        #expect(effects.echoes.isEmpty && effects.messages.allSatisfy { $0.requiredMinEchoReceive == 0 })
        #expect(!desk.session.status.isEchoActive)
        var offering = Desk(Self.echoing)
        #expect(offering.hear(.initializing, echo: 0).messages.allSatisfy { $0.requiredMinEchoReceive == 50_000 })
        #expect(offering.wait(.milliseconds(100)).echoes.isEmpty)
    }

    @Test("while echo packets work control packets need be no more frequent than once a second")
    func slowControl() {
        var path = TestPath.up(Self.echoing)
        for end in TestPath.End.allCases {
            #expect(path[end].status.isEchoActive && path[end].status.transmitInterval == .seconds(1))
            #expect(path[end].status.detectionTime == .seconds(3) && !path[end].status.isPolling)
        }
        let start = path.now
        path.run(for: .seconds(60))
        #expect((58...82).contains(path.sent(by: .near, since: start).count))
        #expect(path.changes(of: .near, since: start).isEmpty)
    }

    @Test(
        "a cut is noticed by missing echo packets, in a fraction of what control packets need",
        arguments: 1...10 as ClosedRange<UInt64>)
    func cut(seed: UInt64) {
        var path = TestPath.up(Self.echoing, seed: seed)
        let start = path.now
        path.muted = [.near, .far]
        path.run(for: .milliseconds(152))
        #expect(path.changes(of: .near, since: start).map(\.change.diagnostic) == [.echoFailed])
        #expect(path[.near].state == .down && !path[.near].status.isEchoActive)
    }

    @Test("a peer that stops looping takes the session down with diagnostic 2, after the multiplier's intervals")
    func notLooped() {
        var path = TestPath.up(Self.echoing, TimingTests.fast)
        #expect(!path[.near].status.isEchoActive)
        path.give(.settingsChanged(Self.echoing), to: .far)
        path.run(for: .seconds(2))
        #expect(path[.near].status.isEchoActive)
        let start = path.now
        path.loopsEcho = false
        path.run(for: .milliseconds(160))
        #expect(path.changes(of: .near, since: start).first?.change.diagnostic == .echoFailed)
    }

    @Test("a peer that offers no echo any more ends it at once, and control packets do the work again")
    func withdrawn() {
        var desk = Desk(Self.echoing)
        desk.hear(.initializing, echo: 50_000)
        desk.hear(.up, .final, echo: 50_000)
        #expect(desk.session.status.isEchoActive && desk.session.status.detectionTime == .seconds(3))
        desk.hear(.up, echo: 0)
        #expect(!desk.session.status.isEchoActive && desk.session.status.isPolling)
        #expect(desk.wait(.milliseconds(200)).echoes.isEmpty)
        #expect(desk.session.status.detectionTime == .seconds(3))
        desk.hear(.up, .final, echo: 0)
        #expect(desk.session.status.detectionTime == .milliseconds(300))
    }

    @Test("an echo packet counts once, and only if it is one of the session's own that is still on its way")
    func foreign() throws {
        var desk = Desk(Self.echoing)
        let echo = try #require(desk.hear(.initializing, echo: 50_000).echoes.first)
        let bad = [
            BFDEcho(discriminator: echo.discriminator, sequence: echo.sequence, nonce: echo.nonce &+ 1),
            BFDEcho(discriminator: echo.discriminator, sequence: echo.sequence + 1, nonce: echo.nonce),
            BFDEcho(discriminator: echo.discriminator, sequence: 0, nonce: echo.nonce),
        ]
        for packet in bad { desk.handle(.echoReturned(packet)) }
        desk.handle(.echoReturned(echo))
        desk.handle(.echoReturned(echo))
        #expect(desk.session.counters.dropped == [.echo: 4] && desk.session.counters.echoPacketsReceived == 1)
    }
}
