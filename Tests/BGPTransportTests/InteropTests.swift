import Addresses
import BGP
import BGPTransport
import TestSupport
import Testing

/// The same against every daemon, in its own words.
@Suite("Routes at every router")
struct InteropTests {
    /// The family of the connection, and those of the routes.
    static let sessions: [(IPFamily, Set<IPFamily>)] = [
        (.ipv4, [.ipv4]), (.ipv6, [.ipv6]), (.ipv4, [.ipv4, .ipv6]), (.ipv6, [.ipv4, .ipv6]),
    ]

    @Test(
        "IPv4, IPv6 and both arrive over a session of either family with the right next hops, are replaced and go",
        arguments: RouterKind.allCases, sessions)
    func families(kind: RouterKind, families: (session: IPFamily, routes: Set<IPFamily>)) async throws {
        let settings = RouterSettings {
            $0.session = families.session
            $0.families = families.routes
        }
        let pair = try await RouterPair(kind, settings)
        let prefixes: [IPFamily: String] = [.ipv4: "192.0.2.1/32", .ipv6: "2001:db8::1/128"]
        let nextHops: [IPFamily: String] = [.ipv4: "10.9.0.1", .ipv6: "fd09::1"]
        try await pair.announce(families.routes.compactMap { prefixes[$0] })
        try await pair.establish()
        for family in families.routes {
            let (prefix, nextHop) = (prefixes[family] ?? "", nextHops[family] ?? "")
            let route = try #require(try await pair.route(prefix))
            #expect(route.path == [65001] && route.nextHops.contains(nextHop), "\(route)")
            #expect(route.communities.isEmpty && route.largeCommunities.isEmpty)
        }
        let tag = RouteAttributes(communities: [Community(65001, 7)]) ?? .none
        try await pair.announce(families.routes.compactMap { prefixes[$0] }, tag)
        for family in families.routes {
            #expect(try await pair.route(prefixes[family] ?? "") { $0.communities == ["65001:7"] } != nil)
        }
        try await pair.speaker.routes { $0.replaceRoutes(with: []) }
        for family in families.routes { #expect(try await pair.isGone(prefixes[family] ?? "")) }
        #expect(try await pair.router.isEstablished)
        try await pair.close()
    }

    @Test(
        "communities and large communities arrive, and as many as an advertisement may have",
        arguments: RouterKind.allCases)
    func communities(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind)
        let many = (1...63).map { Community(65001, UInt16($0)) }
        let attributes = RouteAttributes(
            communities: many, largeCommunities: [LargeCommunity(65001, 1, 2), LargeCommunity(4_200_000_001, 0, 9)])
        try await pair.announce(["192.0.2.1/32"], attributes ?? .none)
        try await pair.announce(["192.0.2.2/32"], RouteAttributes(communities: [Community(65001, 100)]) ?? .none)
        try await pair.establish()
        let full = try #require(try await pair.route("192.0.2.1/32"))
        if let bird = pair.router as? BirdRouter {
            // what it shows ends after forty of them
            let having = try await bird.birdc("show route where (65001,63) ~ bgp_community && bgp_community.len = 63")
            #expect(having.contains("192.0.2.1/32"))
        } else {
            #expect(full.communities == Set((1...63).map { "65001:\($0)" }))
        }
        #expect(full.largeCommunities == ["65001:1:2", "4200000001:0:9"])
        #expect(full.localPreference == nil || full.localPreference == 100)
        #expect(try await pair.route("192.0.2.2/32")?.communities == ["65001:100"])
        try await pair.close()
    }

    @Test(
        "an internal session carries the local preference, 100 where none is given, and an empty path",
        arguments: RouterKind.allCases)
    func localPreference(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind, RouterSettings { $0.ownAS = 65001 }, distance: .multihop) {
            $0.remoteAS = .internal
        }
        try await pair.announce(["192.0.2.1/32"], RouteAttributes(localPreference: 200) ?? .none)
        try await pair.announce(["192.0.2.2/32"], RouteAttributes(localPreference: 0) ?? .none)
        #expect(try await pair.establish().isInternal)
        let first = try #require(try await pair.route("192.0.2.1/32"))
        #expect(first.localPreference == 200 && first.path.isEmpty && first.nextHops == ["10.9.0.1"])
        #expect(try await pair.route("192.0.2.2/32")?.localPreference == 100)
        try await pair.close()
    }

    @Test("a wide AS number arrives whole", arguments: RouterKind.allCases)
    func fourOctetAS(kind: RouterKind) async throws {
        let settings = RouterSettings {
            $0.peerAS = 4_200_000_001
            $0.ownAS = 4_200_000_002
        }
        let pair = try await RouterPair(kind, settings) {
            $0.myASN = 4_200_000_001
            $0.remoteAS = .number(4_200_000_002)
        }
        try await pair.announce(["192.0.2.1/32"])
        #expect(try await pair.establish().peerAS == 4_200_000_002)
        #expect(try await pair.route("192.0.2.1/32")?.path == [4_200_000_001])
        try await pair.close()
    }

    @Test("a router without four-octet AS numbers gets AS_TRANS, and the true path beside it (RFC 6793)")
    func twoOctetAS() async throws {
        let settings = RouterSettings {
            $0.isFourOctet = false
            $0.peerAS = 23456
        }
        let pair = try await RouterPair(.exabgp, settings) { $0.myASN = 4_200_000_001 }
        try await pair.announce(["192.0.2.1/32"])
        #expect(try await !pair.establish().isFourOctet)
        // it puts the two together
        #expect(try await pair.route("192.0.2.1/32")?.path == [4_200_000_001])
        try await pair.close()
    }

    @Test("an aggregate arrives with its own length beside an address inside it", arguments: RouterKind.allCases)
    func aggregate(kind: RouterKind) async throws {
        let settings = RouterSettings { $0.families = [.ipv4, .ipv6] }
        let pair = try await RouterPair(kind, settings)
        let all = ["192.0.2.64/26", "192.0.2.65/32", "2001:db8:1::/48", "2001:db8:1::5/128"]
        try await pair.announce(all)
        try await pair.establish()
        for prefix in all { #expect(try await pair.route(prefix) != nil, "\(prefix)") }
        try await pair.speaker.routes { $0.withdraw(prefixOf("192.0.2.65")) }
        #expect(try await pair.isGone("192.0.2.65/32"))
        #expect(try await pair.router.route("192.0.2.64/26") != nil)
        try await pair.close()
    }

    // GoBGP asks for none: its soft reset looks at what it has stored
    @Test(
        "a refresh that the router asks for is answered with the routes", arguments: [RouterKind.bird, .frr, .exabgp])
    func refresh(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind)
        try await pair.announce(["192.0.2.1/32"])
        try await pair.establish()
        #expect(try await pair.route("192.0.2.1/32") != nil)
        let before = try await pair.speaker.status.record.sent[.update]
        try await pair.router.refresh()
        #expect(try await eventually { try await pair.speaker.status.record.received[.routeRefresh] >= 1 })
        #expect(try await eventually { try await pair.speaker.status.record.sent[.update] > before })
        #expect(try await pair.router.route("192.0.2.1/32") != nil)
        #expect(try await pair.router.isEstablished)
        try await pair.close()
    }
}
