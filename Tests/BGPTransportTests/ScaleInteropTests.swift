import Addresses
import BGP
import BGPTransport
import TestSupport
import Testing

/// Large tables at every router.
@Suite("Many routes at every router", .serialized)
struct ScaleInteropTests {
    private static func hosts(_ count: Int) -> [IPPrefix] {
        (0..<count).map { IPPrefix(host: IPAddress(v4: 0xC612_0000 + UInt32(truncatingIfNeeded: $0))) }
    }

    @Test(
        "100,000 routes arrive in at most 125 UPDATEs and go again, and the session stays",
        arguments: RouterKind.allCases)
    func fullTable(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind, RouterSettings { $0.holdSeconds = 90 })
        try await pair.speaker.routes { table in for prefix in Self.hosts(100_000) { table.announce(prefix) } }
        try await pair.establish()
        #expect(
            try await eventually(within: .seconds(60)) {
                try await pair.speaker.status.exports == [.ipv4: .active(sent: 100_000, pending: 0)]
            })
        #expect(try await eventually(within: .seconds(60)) { try await pair.router.routeCount == 100_000 })
        // and End-of-RIB
        #expect(try await pair.speaker.status.record.sent[.update] <= 126)
        try await pair.speaker.routes { $0.replaceRoutes(with: [(prefixOf("192.0.2.1"), .none)]) }
        #expect(try await eventually(within: .seconds(60)) { try await pair.router.routeCount == 1 })
        #expect(try await pair.speaker.status.record.establishments == 1)
        try await pair.close()
    }

    @Test(
        "a speaker with 10,000 routes that is killed and comes back: the router's kernel never loses one of them",
        arguments: [RouterKind.bird, .frr])
    func restart(kind: RouterKind) async throws {
        let restartable: (inout PeerConfiguration) -> Void = { $0.gracefulRestartSeconds = 60 }
        let pair = try await RouterPair(kind, RouterSettings { $0.holdSeconds = 90 }, restartable)
        try await pair.speaker.routes { table in for prefix in Self.hosts(10_000) { table.announce(prefix) } }
        #expect(try await pair.establish().gracefulRestart != nil)
        let station = pair.lan.stations[1]
        let count = "ip route show | grep -c '^198\\.18\\.' || true"
        #expect(try await eventually(within: .seconds(60)) { try await station.run(count).trimmed == "10000" })
        let monitor = try await station.run("f=$(mktemp); ip monitor route > $f 2>&1 & echo $! $f")
            .trimmed.split(separator: " ")
        try await pair.speaker.close()
        #expect(try await eventually { try await !pair.router.isEstablished })
        let successor = try await pair.successor(restartable)
        try await successor.routes { table in for prefix in Self.hosts(10_000) { table.announce(prefix) } }
        try await successor.start(isRestarted: true)
        try await successor.established(within: .seconds(60))
        #expect(
            try await eventually(within: .seconds(60)) {
                try await successor.status.exports == [.ipv4: .active(sent: 10_000, pending: 0)]
            })
        // what was not repeated would go now: the router has read End-of-RIB when it has read a route behind it
        try await successor.routes { $0.announce(prefixOf("192.0.2.9")) }
        #expect(try await eventually { try await pair.router.route("192.0.2.9/32") != nil })
        #expect(try await station.run(count).trimmed == "10000")
        #expect(
            try await eventually { try await Command.run("cat \(monitor[1])").contains("192.0.2.9") },
            "the monitor saw nothing")
        let deleted = try await Command.run(
            "kill \(monitor[0]); grep -c '^Deleted 198' \(monitor[1]) || true; rm \(monitor[1])")
        #expect(deleted.trimmed == "0")
        try await successor.close()
    }

    @Test("a router that tells its table of 100,000 is heard to the end; it is counted, dropped, and said once")
    func heardTable() async throws {
        let lan = try await TestLAN(stations: 2)
        let file = try await Command.run(
            """
            f=$(mktemp /tmp/toono-routes.XXXXXX); awk 'BEGIN { for (i = 0; i < 100000; i++) \
            print "route 11." int(i / 65536) "." int(i / 256) % 256 "." i % 256 "/32 blackhole;" }' > $f; echo $f
            """
        ).trimmed
        let bird = try await BirdRouter(
            in: lan.stations[1],
            """
            protocol static { ipv4;
            include "\(file)";
            }
            protocol bgp s4 { local 10.9.0.2 as 65000; neighbor 10.9.0.1 external; direct; passive; hold time 9;
              ipv4 { import all; export where source = RTS_STATIC; }; }
            """)
        let speaker = try await TestSpeaker(
            in: lan.node, to: PeerEndpoint(address: addressOf("10.9.0.2")), .external())
        try await speaker.start()
        try await speaker.established()
        #expect(
            try await eventually(within: .seconds(60)) {
                try await speaker.status.record.routes.announced[.ipv4Unicast] == 100_000
            })
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.1 ") })
        let warnings = speaker.reports.elements.filter { if case .manyRoutesReceived = $0 { true } else { false } }
        #expect(warnings.count == 1)
        #expect(try await speaker.status.record.establishments == 1)
        try await speaker.close()
        try await Command.run("rm \(file)")
    }
}
