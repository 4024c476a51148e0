import Addresses
import BGP
import BGPTestSupport
import BGPTransport
import NIOCore
import TestSupport
import Testing

/// A peer that reads slowly: nothing piles up for it, and it ends with what is true.
@Suite("A router that reads slowly")
struct SlowRouterTests {
    private static func host(_ number: Int) -> IPPrefix {
        IPPrefix(host: IPAddress(v4: 0xC612_0000 + UInt32(truncatingIfNeeded: number)))
    }

    private func pair(holdSeconds: UInt16) async throws -> (SlowRouter, TestSpeaker) {
        let lan = try await TestLAN(stations: 2)
        let router = try await SlowRouter(on: lan, holdSeconds: holdSeconds)
        let speaker = try await TestSpeaker(
            in: lan.node, to: PeerEndpoint(address: addressOf("10.9.0.2")), .external())
        return (router, speaker)
    }

    /// What the kernel has taken and not sent, or sent and not been told of.
    private func sendQueue(_ lan: TestLAN) async throws -> Int {
        let line = try await lan.node.run("ss -Htn state established dport = 179")
        return line.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) } ?? 0
    }

    @Test(
        """
        a thousand Services that come and go faster than the router reads: no memory grows, the session lives on, \
        and the router ends with the last state
        """)
    func flapping() async throws {
        let (router, speaker) = try await pair(holdSeconds: 3)
        try await speaker.routes { table in for number in 0..<1000 { table.announce(Self.host(number)) } }
        try await speaker.start()
        try await speaker.established()
        #expect(try await eventually { try await router.sight.table.routes.count == 1000 })
        try await router.readSlowly(every: .milliseconds(40))
        var footprints: [Int] = []
        var queues: [Int] = []
        // 5 kB of changes for each 1 kB that is read, for longer than the hold time
        for round in 0..<200 {
            let before = try await router.sight.bytesRead
            try await speaker.routes { table in
                for number in 0..<1000 {
                    if (number + round).isMultiple(of: 2) {
                        table.withdraw(Self.host(number))
                    } else {
                        let tag = Community(65001, UInt16(round))
                        table.announce(Self.host(number), RouteAttributes(communities: [tag]) ?? .none)
                    }
                }
            }
            #expect(try await eventually { try await router.sight.bytesRead >= before + 1024 })
            footprints.append(
                try await speaker.place.run { [parts = speaker.parts] in parts.table.value.read(\.footprint) })
            if round.isMultiple(of: 10) { queues.append(try await sendQueue(router.lan)) }
            let status = try await speaker.status
            guard case .active(_, let pending)? = status.exports[.ipv4] else {
                Issue.record("the session is gone in round \(round): \(status.record)")
                break
            }
            #expect(pending <= 1000)
        }
        // a thousand routes have a slot and a place in a log each, and twice that before a log is tidied
        #expect(footprints.allSatisfy { $0 < 5000 }, "\(footprints.max() ?? 0)")
        #expect(queues.allSatisfy { $0 <= 512 << 10 }, "\(queues)")
        try await router.readFast()
        let last = Set((0..<1000).filter { ($0 + 199) % 2 == 1 }.map { "\(Self.host($0))" })
        // every other round names the same routes: the tag is the last round's
        #expect(
            try await eventually {
                let routes = try await router.sight.table.routes
                return Set(routes.keys) == last && routes.values.allSatisfy { $0.suffix(4) == [0xFD, 0xE9, 0, 199] }
            })
        #expect(try await eventually { try await speaker.status.exports == [.ipv4: .active(sent: 500, pending: 0)] })
        #expect(try await speaker.status.record.establishments == 1)
        #expect(try await router.sight.connections == 1)
        try await speaker.close()
        try await router.close()
    }

    @Test("a withdrawal does not wait for a table of 100,000 that is on its way, only for what the kernel has taken")
    func withdrawalInTheMiddle() async throws {
        let (router, speaker) = try await pair(holdSeconds: 90)
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        try await speaker.established()
        #expect(try await eventually { try await router.sight.table.routes["192.0.2.1/32"] != nil })
        try await router.stopReading()
        try await speaker.routes { table in for number in 0..<100_000 { table.announce(Self.host(number)) } }
        // until the kernel takes no more
        var sent = 0
        #expect(
            try await eventually {
                guard case .active(let now, let pending) = try await speaker.status.exports[.ipv4] else { return false }
                defer { sent = now }
                return now > 1 && now == sent && pending > 0
            })
        try await speaker.routes { $0.withdraw(prefixOf("192.0.2.1")) }
        try await router.readFast()
        #expect(try await eventually(within: .seconds(30)) { try await router.sight.table.routes.count == 100_000 })
        let messages = try await router.sight.table.messages
        // as a withdrawn route, alone in its message
        let withdrawal = try #require(messages.firstIndex { $0.starts(with: [0, 5, 32, 192, 0, 2, 1]) })
        let before = messages[..<withdrawal].reduce(0) { $0 + $1.count }
        #expect(before < 400 << 10, "\(before) of \(messages.reduce(0) { $0 + $1.count }) bytes came before it")
        #expect(messages.count - withdrawal > 20)
        try await speaker.close()
        try await router.close()
    }
}
