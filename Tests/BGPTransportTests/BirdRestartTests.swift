import Addresses
import BGP
import BGPTransport
import NIOCore
import TestSupport
import Testing

/// How sessions with BIRD end and go on.
@Suite("Restarts and departures beside BIRD")
struct BirdRestartTests {
    private static let plain = """
        protocol bgp s4 { local 10.9.0.2 as 65000; neighbor 10.9.0.1 external; direct; passive; error wait time 1,2;
          hold time 9; graceful restart aware; ipv4 { import all; export none; }; }
        """

    private let v4 = PeerEndpoint(address: addressOf("10.9.0.2"))

    private var restartable: PeerConfiguration {
        var configuration = PeerConfiguration.external()
        configuration.gracefulRestartSeconds = 60
        return configuration
    }

    @Test("a graceful restart never lets the router's route go, and what is not announced again goes with End-of-RIB")
    func gracefulRestart() async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(in: lan.stations[1], Self.plain)
        let first = try await TestSpeaker(in: lan.node, to: v4, restartable)
        try await first.routes { table in
            table.announce(prefixOf("192.0.2.1"))
            table.announce(prefixOf("192.0.2.2"))
        }
        try await first.start()
        try await first.established()
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.2") })
        let monitor = try await lan.stations[1].run("f=$(mktemp); ip monitor route > $f 2>&1 & echo $! $f")
            .trimmed.split(separator: " ")
        try await first.stop(.restart)
        try await first.close()
        #expect(try await eventually { try await !bird.birdc("show protocols s4").contains("Established") })
        #expect(try await bird.kernelRoutes().contains("192.0.2.1"))
        let second = try await TestSpeaker(in: lan.node, to: v4, restartable)
        try await second.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await second.start(isRestarted: true)
        try await second.established()
        #expect(try await eventually { try await !bird.kernelRoutes().contains("192.0.2.2") })
        #expect(try await bird.kernelRoutes().contains("192.0.2.1"))
        let seen = try await Command.run("kill \(monitor[0]); cat \(monitor[1]); rm \(monitor[1])")
        #expect(!seen.split(separator: "\n").contains { $0.contains("Deleted") && $0.contains("192.0.2.1 ") })
        try await second.close()
    }

    @Test("a shutdown withdraws every route, and the router shows the reason", arguments: [false, true])
    func shutdown(isRestartable: Bool) async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(in: lan.stations[1], Self.plain)
        let speaker = try await TestSpeaker(in: lan.node, to: v4, isRestartable ? restartable : .external())
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        try await speaker.established()
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.1") })
        try await speaker.stop(.shutdown(ShutdownCommunication("node is drained")))
        #expect(try await eventually { try await !bird.kernelRoutes().contains("192.0.2.1") })
        if !isRestartable { #expect(try await eventually { try await bird.log.contains("node is drained") }) }
        try await speaker.close()
    }

    @Test("a drain asks the router for other paths first, then withdraws")
    func drain() async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(in: lan.stations[1], Self.plain)
        let speaker = try await TestSpeaker(in: lan.node, to: v4, .external())
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        try await speaker.established()
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.1") })
        try await speaker.peer { $0.stop(.drain(.seconds(2), ShutdownCommunication("drain"))) }
        #expect(
            try await eventually(within: .seconds(2)) {
                try await bird.birdc("show route all 192.0.2.1/32").contains("(65535,0)")
            })
        _ = try await speaker.reports.take { $0 == .stopped }
        #expect(try await eventually { try await !bird.kernelRoutes().contains("192.0.2.1") })
        try await speaker.close()
    }

    @Test("a refresh asked for by the router is answered with the routes")
    func refresh() async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(in: lan.stations[1], Self.plain)
        let speaker = try await TestSpeaker(in: lan.node, to: v4, .external())
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        try await speaker.established()
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.1") })
        let before = try await speaker.status.record.sent[.update]
        try await bird.birdc("reload in s4")
        #expect(try await eventually { try await speaker.status.record.sent[.update] > before })
        #expect(try await speaker.status.record.received[.routeRefresh] >= 1)
        #expect(try await bird.kernelRoutes().contains("192.0.2.1"))
        try await speaker.close()
    }

    @Test("a router that does not read costs no memory and ends with the last state")
    func slowReader() async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(
            in: lan.stations[1], Self.plain.replacing("hold time 9;", with: "hold time 240;"))
        let speaker = try await TestSpeaker(in: lan.node, to: v4, .external())
        try await speaker.start()
        try await speaker.established()
        try await bird.signal("STOP")
        let base = addressOf("198.18.0.0")
        for round in 0..<20 {
            try await speaker.routes { table in
                for index in 0..<5000 {
                    let prefix = IPPrefix(host: IPAddress(v4: UInt32(truncatingIfNeeded: base.bits) + UInt32(index)))
                    if round == 19 && index > 0 {
                        table.withdraw(prefix)
                    } else {
                        table.announce(prefix, RouteAttributes(communities: [Community(65001, UInt16(round))]) ?? .none)
                    }
                }
            }
        }
        try await bird.signal("CONT")
        #expect(
            try await eventually {
                let isSaid = try await speaker.status.exports == [.ipv4: .active(sent: 1, pending: 0)]
                let count = try await bird.birdc("show route count")
                return isSaid && count.contains("1 of 1 routes for 1 networks in table master4")
            })
        #expect(try await bird.birdc("show route all 198.18.0.0/32").contains("(65001,19)"))
        try await speaker.close()
    }

    @Test("a router that dials is accepted, with its password, and no other is")
    func listen() async throws {
        let lan = try await TestLAN(stations: 2)
        let speaker = try await TestSpeaker(
            in: lan.node, to: v4,
            {
                var configuration = PeerConfiguration.external()
                configuration.isPassive = true
                return configuration
            }())
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        try await speaker.listen(TCPPassword("s3cret"))
        let bird = try await BirdRouter(
            in: lan.stations[1],
            Self.plain.replacing("passive;", with: "password \"s3cret\"; connect delay time 1; connect retry time 1;"))
        try await speaker.established()
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.1") })
        try await speaker.close()
    }
}
