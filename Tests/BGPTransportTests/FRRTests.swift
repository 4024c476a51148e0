import Addresses
import BGP
import BGPTransport
import TestSupport
import Testing

/// Against FRR, in its own words and in its kernel.
@Suite("Sessions with FRR")
struct FRRTests {
    private static let router = """
        router bgp 65000
         bgp router-id 10.9.0.2
         no bgp ebgp-requires-policy
         neighbor 10.9.0.1 remote-as 65001
         neighbor 10.9.0.1 password s3cret
         neighbor 10.9.0.1 ttl-security hops 1
         neighbor fd09::1 remote-as external
         address-family ipv6 unicast
          neighbor fd09::1 activate
        """

    @Test("IPv4 with a password and GTSM: routes arrive with their communities, and go")
    func ipv4() async throws {
        let lan = try await TestLAN(stations: 2)
        let frr = try await FRRRouter(in: lan.stations[1], Self.router)
        var endpoint = PeerEndpoint(address: addressOf("10.9.0.2"))
        endpoint.password = TCPPassword("s3cret")
        endpoint.distance = .secured(hops: 1)
        let speaker = try await TestSpeaker(in: lan.node, to: endpoint, .external())
        try await speaker.routes { table in
            let attributes = RouteAttributes(
                communities: [Community(65001, 100)], largeCommunities: [LargeCommunity(65001, 1, 2)])
            table.announce(prefixOf("192.0.2.1"), attributes ?? .none)
        }
        try await speaker.start()
        try await speaker.established()
        #expect(try await eventually { try await frr.kernelRoutes().contains("192.0.2.1 ") })
        let shown = try await frr.vtysh("show bgp ipv4 unicast 192.0.2.1/32")
        #expect(shown.contains("Community: 65001:100") && shown.contains("Large Community: 65001:1:2"))
        try await speaker.stop(.shutdown(ShutdownCommunication("maintenance")))
        #expect(try await eventually { try await !frr.kernelRoutes().contains("192.0.2.1 ") })
        #expect(
            try await eventually {
                try await frr.vtysh("show bgp neighbors 10.9.0.1").contains("Cease/Administrative Shutdown")
            })
        try await speaker.close()
    }

    @Test("IPv6 routes arrive with the link-local next hop that FRR prefers")
    func ipv6() async throws {
        let lan = try await TestLAN(stations: 2)
        let frr = try await FRRRouter(in: lan.stations[1], Self.router)
        let speaker = try await TestSpeaker(
            in: lan.node, to: PeerEndpoint(address: addressOf("fd09::2")), .external([.ipv6Unicast]))
        try await speaker.routes { $0.announce(prefixOf("2001:db8::1")) }
        try await speaker.start()
        try await speaker.established()
        #expect(try await eventually { try await frr.kernelRoutes(ipv6: true).contains("2001:db8::1 ") })
        #expect(try await frr.vtysh("show bgp ipv6 unicast 2001:db8::1/128").contains("fd09::1"))
        try await speaker.close()
    }
}
