import BFD
import BGP
import Benchmarking
import Testing

@testable import Fuzzing

@Suite("Damaged input")
struct FuzzingTests {
    @Test("nothing traps, and nothing breaks its word", arguments: FuzzTarget.allCases)
    func cases(target: FuzzTarget) {
        // conversations are long, and each has dozens of messages
        let count: UInt64 = [.session, .bfd, .routers].contains(target) ? 300 : 2000
        for seed in 1...count {
            let problem = target.run(seed: seed)
            #expect(problem == nil, "\(target.rawValue) \(seed)")
        }
    }

    @Test("what is damaged was whole: each reader takes the messages as they are")
    func corpus() throws {
        let context = UpdateContext(
            isInternal: true, isFourOctet: true, families: [.ipv4Unicast, .ipv6Unicast], peerAS: 65000)
        for bytes in Corpus.all {
            var framer = MessageFramer()
            framer.append(bytes)
            let frame = try #require(try framer.next())
            switch frame.type {
            case .open: _ = try OpenMessage(decoding: frame.body)
            case .update: #expect(try UpdateReport(decoding: frame.body, in: context).faults == [], "\(bytes)")
            case .notification: _ = try NotificationMessage(decoding: frame.body)
            case .routeRefresh: #expect(RouteRefreshMessage(decoding: frame.body) != nil)
            case .keepalive: break
            }
        }
        // all but the one with authentication, which is refused
        #expect(Corpus.bfd.count(where: { (try? BFDMessage(decoding: $0)) != nil }) == Corpus.bfd.count - 1)
    }

    @Test("conversations come as far as an established session, and often")
    func depth() {
        var random = SplitMix(seed: 3)
        let depths = (0..<100).map { _ in SessionConversation.establishments(&random) }
        #expect(depths.count(where: { $0 > 0 }) > 50)
    }

    @Test("a seed gives the same case again")
    func determinism() {
        var first = SplitMix(seed: 7)
        var second = SplitMix(seed: 7)
        #expect((0..<100).allSatisfy { _ in first.next() == second.next() })
    }
}
