import Addresses
import BGP
import BGPTransport
import TestSupport
import Testing

/// Against BIRD, in its own words and in its kernel.
@Suite("Sessions with BIRD")
struct BirdTests {
    private static let plain = """
        protocol bgp s4 { local 10.9.0.2 as 65000; neighbor 10.9.0.1 external; direct; passive; error wait time 1,2;
          hold time 9; graceful restart aware; ipv4 { import all; export none; }; ipv6 { import all; export none; }; }
        """

    private let v4 = PeerEndpoint(address: addressOf("10.9.0.2"))

    @Test("routes arrive with their communities, are replaced and withdrawn, and the kernel of the router follows")
    func routes() async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(in: lan.stations[1], Self.plain)
        let speaker = try await TestSpeaker(in: lan.node, to: v4, .external())
        let tagged = RouteAttributes(
            localPreference: 200, communities: [Community(65001, 100), .noExport],
            largeCommunities: [LargeCommunity(65001, 1, 2)])
        try await speaker.routes { table in
            table.announce(prefixOf("192.0.2.1"), tagged ?? .none)
            table.announce(prefixOf("192.0.2.2"))
        }
        try await speaker.start()
        let terms = try await speaker.established()
        #expect(terms.peerAS == 65000 && terms.families == [.ipv4Unicast] && terms.holdTime == .seconds(9))
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.2 via 10.9.0.1") })
        let shown = try await bird.birdc("show route all 192.0.2.1/32")
        #expect(shown.contains("BGP.community: (65001,100) (65535,65281)"))
        #expect(shown.contains("BGP.large_community: (65001, 1, 2)"))
        #expect(shown.contains("BGP.as_path: 65001") && shown.contains("BGP.next_hop: 10.9.0.1"))
        try await speaker.routes { table in
            table.withdraw(prefixOf("192.0.2.2"))
            table.announce(prefixOf("192.0.2.1"))
        }
        #expect(try await eventually { try await !bird.kernelRoutes().contains("192.0.2.2") })
        #expect(try await !bird.birdc("show route all 192.0.2.1/32").contains("community"))
        #expect(try await speaker.status.exports == [.ipv4: .active(sent: 1, pending: 0)])
        try await speaker.close()
    }

    @Test("both families travel over a session of either", arguments: ["10.9.0", "fd09:"])
    func families(network: String) async throws {
        let (here, there) = network.hasSuffix(":") ? ("fd09::1", "fd09::2") : ("10.9.0.1", "10.9.0.2")
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(
            in: lan.stations[1],
            """
            protocol bgp upstream { local \(there) as 65000; neighbor \(here) external; direct; passive;
              ipv4 { import all; export none; }; ipv6 { import all; export none; }; }
            """)
        let speaker = try await TestSpeaker(
            in: lan.node, to: PeerEndpoint(address: addressOf(there)), .external([.ipv4Unicast, .ipv6Unicast]))
        try await speaker.routes { table in
            table.announce(prefixOf("192.0.2.1"))
            table.announce(prefixOf("2001:db8::1"))
        }
        try await speaker.start()
        try await speaker.established()
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.1 via 10.9.0.1") })
        #expect(
            try await eventually { try await bird.kernelRoutes(ipv6: true).contains("2001:db8::1 via ") })
        let shown = try await bird.birdc("show route all 2001:db8::1/128")
        #expect(shown.contains("BGP.next_hop: fd09::1"))
        try await speaker.close()
    }

    @Test("an internal session carries the local preference and an empty path")
    func localPreference() async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(
            in: lan.stations[1],
            """
            protocol bgp upstream { local 10.9.0.2 as 65001; neighbor 10.9.0.1 internal; passive;
              ipv4 { import all; export none; }; }
            """)
        var endpoint = v4
        endpoint.distance = .multihop
        var configuration = PeerConfiguration.external()
        configuration.remoteAS = .internal
        let speaker = try await TestSpeaker(in: lan.node, to: endpoint, configuration)
        try await speaker.routes { table in
            table.announce(prefixOf("192.0.2.1"), RouteAttributes(localPreference: 200) ?? .none)
            table.announce(prefixOf("192.0.2.2"), RouteAttributes(localPreference: 0) ?? .none)
        }
        try await speaker.start()
        #expect(try await speaker.established().isInternal)
        #expect(
            try await eventually {
                try await bird.birdc("show route all 192.0.2.1/32").contains("BGP.local_pref: 200")
            })
        #expect(try await bird.birdc("show route all 192.0.2.2/32").contains("BGP.local_pref: 100"))
        try await speaker.close()
    }

    @Test("a wide AS number arrives whole")
    func fourOctetAS() async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(in: lan.stations[1], Self.plain)
        let speaker = try await TestSpeaker(in: lan.node, to: v4, .external(myASN: 4_200_000_001))
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        try await speaker.established()
        #expect(
            try await eventually {
                try await bird.birdc("show route all 192.0.2.1/32").contains("BGP.as_path: 4200000001")
            })
        try await speaker.close()
    }

    @Test("with the right password the session comes up; with a wrong one it does not, until the Secret is corrected")
    func password() async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(
            in: lan.stations[1],
            Self.plain.replacing("passive;", with: "passive; password \"s3cret\";"))
        var endpoint = v4
        endpoint.password = TCPPassword("wrong")
        let speaker = try await TestSpeaker(in: lan.node, to: endpoint, .external())
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        // two attempts have come to nothing: the first was given up when the second began
        #expect(
            try await eventually {
                try await speaker.status.record.lastFailure
                    == .dialFailed("no answer; if the peer uses a password, check it")
            })
        #expect(try await bird.birdc("show protocols s4").contains("Established") == false)
        endpoint.password = TCPPassword("s3cret")
        let corrected = endpoint
        try await speaker.peer { $0.configure($0.configuration, endpoint: corrected) }
        try await speaker.established()
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.1") })
        #expect("\(endpoint)".contains("s3cret") == false)
        try await speaker.close()
    }

    @Test(
        "GTSM: a router that sends as a neighbour does is heard, and one that does not is not",
        arguments: [true, false])
    func hopLimits(isSecured: Bool) async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(
            in: lan.stations[1],
            Self.plain.replacing("direct;", with: isSecured ? "direct; ttl security on;" : "direct;"))
        var endpoint = v4
        endpoint.distance = .secured(hops: 1)
        let speaker = try await TestSpeaker(in: lan.node, to: endpoint, .external())
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        if isSecured {
            try await speaker.established()
            #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.1") })
        } else {
            // BIRD's listener answers with 255; what it says on the connection has 1, and our kernel drops it
            #expect(try await eventually { try await speaker.status.record.sent[.open] > 0 })
            #expect(try await !eventually(within: .seconds(1)) { try await speaker.status.record.received.total > 0 })
        }
        try await speaker.close()
    }
}
