import Addresses
import BFD
import Testing
import Timing

@Suite("Two sessions with a path between them")
struct SessionTests {
    static let fast = TimingTests.fast

    @Test(
        "two ends come up and stay up, over either family and any number of hops",
        arguments: [BFDPath.Kind.singleHop, .multiHop], [false, true])
    func up(kind: BFDPath.Kind, isIPv6: Bool) {
        let addresses =
            isIPv6 ? [IPAddress(v6: 1), IPAddress(v6: 2)] : [IPAddress(v4: 1), IPAddress(v4: 2)]
        var path = TestPath(Self.fast, Self.fast, kind: kind, addresses: addresses)
        path.start()
        path.run(for: .milliseconds(10))
        for end in TestPath.End.allCases { #expect(path[end].state == .up) }
        path.run(for: .seconds(60))
        for end in TestPath.End.allCases {
            #expect(path[end].counters.ups == 1 && path[end].counters.downs == 0)
            #expect(path[end].status.detectionTime == .milliseconds(150) && !path[end].status.isPolling)
        }
    }

    @Test(
        "a path that loses a fifth of all packets is no failure where the multiplier allows for it",
        arguments: 1...20 as ClosedRange<UInt64>)
    func loss(seed: UInt64) {
        var settings = Self.fast
        settings.detectMultiplier = 12
        var path = TestPath(settings, settings, seed: seed)
        path.loss = 0.2
        path.start()
        path.run(for: .seconds(40))
        for end in TestPath.End.allCases {
            #expect(path[end].state == .up && path[end].counters.downs == 0)
        }
    }

    @Test(
        "both ends notice a cut within the detection time, and come back after it",
        arguments: 1...20 as ClosedRange<UInt64>)
    func cut(seed: UInt64) throws {
        var path = TestPath.up(Self.fast, seed: seed)
        let start = path.now
        path.muted = [.near, .far]
        path.run(for: .seconds(10))
        for end in TestPath.End.allCases {
            let changes = path.changes(of: end, since: start)
            #expect(changes.map(\.change.diagnostic) == [.detectionTimeExpired])
            let last = try #require(path.sent(by: end.other, since: .at(.zero)).last { $0.at <= start })
            #expect(changes.first?.at == last.at + path.delay + .milliseconds(150))
        }
        path.muted = []
        path.run(for: .seconds(2))
        for end in TestPath.End.allCases { #expect(path[end].state == .up) }
    }

    @Test(
        "a cut of one direction takes both ends down, the other one as soon as it is told",
        arguments: 1...20 as ClosedRange<UInt64>)
    func oneWay(seed: UInt64) throws {
        var path = TestPath.up(Self.fast, seed: seed)
        let start = path.now
        path.muted = [.far]
        path.run(for: .seconds(30))
        let deaf = try #require(path.changes(of: .near, since: start).first)
        let told = try #require(path.changes(of: .far, since: start).first)
        #expect(deaf.change.diagnostic == .detectionTimeExpired && deaf.at - start <= .milliseconds(152))
        #expect(told.change.diagnostic == .neighborSignaledDown && told.at == deaf.at + path.delay)
        #expect(told.change.remoteDiagnostic == .detectionTimeExpired)
        // who is heard but not answered may go to Init and back, and never Up
        #expect(path[.near].state == .down && path[.far].counters.ups == 1 && path[.near].counters.ups == 1)
        path.muted = []
        path.run(for: .seconds(3))
        #expect(path[.near].state == .up && path[.far].state == .up)
    }

    @Test("one passive end waits for the other; two wait for ever")
    func passive() {
        var waiting = Self.fast
        waiting.isPassive = true
        var path = TestPath(Self.fast, waiting)
        path.give(.started, to: .far)
        path.run(for: .seconds(10))
        #expect(path.sent.isEmpty && path[.far].nextDeadline == nil)
        path.give(.started, to: .near)
        path.run(for: .seconds(2))
        #expect(path[.near].state == .up && path[.far].state == .up)

        var both = TestPath(waiting, waiting)
        both.start()
        both.run(for: .seconds(100))
        #expect(both.sent.isEmpty)
    }

    @Test("a passive end that goes deaf still says that it is down, then falls silent")
    func passiveDeaf() {
        var waiting = Self.fast
        waiting.isPassive = true
        var path = TestPath.up(Self.fast, waiting)
        let start = path.now
        path.muted = [.near]
        path.run(for: .seconds(10))
        #expect(path.changes(of: .near, since: start).first?.change.diagnostic == .neighborSignaledDown)
        #expect(path.sent(by: .far, since: start + .seconds(2)).isEmpty)
        path.muted = []
        path.run(for: .seconds(3))
        #expect(path[.far].state == .up)
    }

    @Test("a peer whose process began anew is a failure once, and comes up under its new discriminator")
    func restart() {
        var path = TestPath.up(Self.fast)
        let start = path.now
        let old = path[.far].discriminator
        path.restart(.far)
        path.run(for: .seconds(3))
        #expect(path.changes(of: .near, since: start).map(\.change.to).first == .down)
        #expect(path[.near].state == .up && path[.far].state == .up)
        #expect(path[.near].status.remoteDiscriminator != old)
    }

    @Test(
        "an end held down says so for as long as it lasts, and comes back when it is let go", arguments: [false, true])
    func held(peerRestarts: Bool) {
        var path = TestPath.up(Self.fast)
        let start = path.now
        path.give(.disabled, to: .near)
        path.run(for: .seconds(60))
        let change = path.changes(of: .far, since: start).first?.change
        #expect(change?.to == .down && change?.remoteState == .adminDown)
        #expect(change?.remoteDiagnostic == .administrativelyDown)
        let told = path.sent(by: .near, since: start)
        #expect((60...82).contains(told.count) && told.allSatisfy { $0.message.state == .adminDown })
        #expect(path[.far].state == .down)
        // the peer may have forgotten us meanwhile
        if peerRestarts { path.restart(.far) }
        path.give(.started, to: .near)
        path.run(for: .seconds(5))
        #expect(path[.near].state == .up && path[.far].state == .up)
    }

    @Test("a session that ends tells the peer for a detection time, then is finished")
    func ended() {
        var path = TestPath.up(Self.fast)
        let start = path.now
        path.give(.ended, to: .near)
        path.run(for: .milliseconds(2999))
        #expect(path.finished.isEmpty)
        path.run(for: .milliseconds(1))
        #expect(path.finished == [.near] && path[.near].nextDeadline == nil)
        #expect((3...5).contains(path.sent(by: .near, since: start).count))
        #expect(path.changes(of: .far, since: start).map(\.change.remoteState) == [.adminDown])
    }

    @Test("a session that nobody has heard ends at once")
    func endedAlone() {
        var path = TestPath(Self.fast, Self.fast)
        path.give(.started, to: .near)
        path.give(.ended, to: .near)
        path.give(.ended, to: .far)
        #expect(path.finished == [.near, .far])
    }
}
