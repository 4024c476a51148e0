import Addresses
import BGP
import BGPTransport
import NIOCore
import TestSupport
import Testing

/// How sessions with every daemon begin, are protected, and end.
@Suite("Sessions with every router")
struct SessionInteropTests {
    @Test("MD5: with the right password the session comes up", arguments: RouterKind.allCases, [IPFamily.ipv4, .ipv6])
    func rightPassword(kind: RouterKind, family: IPFamily) async throws {
        let settings = RouterSettings {
            $0.session = family
            $0.families = [family]
            $0.password = "s3cret"
        }
        let pair = try await RouterPair(kind, settings, password: "s3cret")
        let prefix = family == .ipv4 ? "192.0.2.1/32" : "2001:db8::1/128"
        try await pair.announce([prefix])
        try await pair.establish()
        #expect(try await pair.route(prefix) != nil)
        try await pair.close()
    }

    /// What each end is given.
    static let passwords: [(router: String?, speaker: String?)] = [
        ("s3cret", "wrong"), ("s3cret", nil), (nil, "s3cret"),
    ]

    @Test(
        "MD5: with a wrong password, with none, and with one that the router has not, there is no answer",
        arguments: RouterKind.allCases, passwords)
    func wrongPassword(kind: RouterKind, passwords: (router: String?, speaker: String?)) async throws {
        let pair = try await RouterPair(
            kind, RouterSettings { $0.password = passwords.router }, password: passwords.speaker)
        try await pair.speaker.start()
        // two attempts have come to nothing: the first was given up when the second began
        #expect(
            try await eventually {
                try await pair.speaker.status.record.lastFailure
                    == .dialFailed("no answer; if the peer uses a password, check it")
            })
        #expect(try await !pair.router.isEstablished)
        #expect(try await pair.speaker.status.record.establishments == 0)
        try await pair.close()
    }

    @Test("GTSM: two ends that send with 255 hear each other", arguments: RouterKind.allCases, [IPFamily.ipv4, .ipv6])
    func secured(kind: RouterKind, family: IPFamily) async throws {
        let settings = RouterSettings {
            $0.session = family
            $0.families = [family]
            $0.isSecured = true
            // what it accepts it answers with 64
            $0.isPassive = kind != .exabgp
        }
        let pair = try await RouterPair(kind, settings, distance: .secured(hops: 1))
        let prefix = family == .ipv4 ? "192.0.2.1/32" : "2001:db8::1/128"
        try await pair.announce([prefix])
        if kind == .exabgp { try await pair.speaker.listen() }
        try await pair.establish()
        #expect(try await pair.route(prefix) != nil)
        try await pair.close()
    }

    @Test("a router behind another one is reached with multihop, and not without", arguments: RouterKind.allCases)
    func multihop(kind: RouterKind) async throws {
        let lan = try await TestLAN(stations: 3)
        let (transit, far) = (lan.stations[1], lan.stations[2])
        for name in ["all", "eth0"] { try await transit.run("echo 0 > /proc/sys/net/ipv4/conf/\(name)/send_redirects") }
        try await transit.run("echo 1 > /proc/sys/net/ipv4/ip_forward && ip route add 10.98.0.3 via 10.9.0.3")
        try await far.run("ip address add 10.98.0.3/32 dev lo && ip route add 10.9.0.1/32 via 10.9.0.2")
        try await lan.node.run("ip route add 10.98.0.3 via 10.9.0.2")
        let router = try await kind.start(in: far, RouterSettings { $0.remoteAddress = "10.98.0.3" })
        var endpoint = PeerEndpoint(address: addressOf("10.98.0.3"))
        let near = try await TestSpeaker(in: lan.node, to: endpoint, .external())
        try await near.start()
        _ = try await near.reports.take { if case .attemptFailed = $0 { true } else { false } }
        #expect(try await near.status.record.establishments == 0)
        try await near.close()
        endpoint.distance = .multihop
        let speaker = try await TestSpeaker(in: lan.node, to: endpoint, .external())
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        try await speaker.established()
        #expect(try await eventually { try await router.route("192.0.2.1/32")?.nextHops == ["10.9.0.1"] })
        try await speaker.close()
    }

    // GoBGP takes 0 for its default
    @Test(
        "the lower hold time counts, and none is one too",
        arguments: RouterKind.allCases.map { ($0, 3) } + [(.bird, 0), (.frr, 0), (.exabgp, 0)])
    func holdTime(kind: RouterKind, seconds: Int) async throws {
        let pair = try await RouterPair(kind, RouterSettings { $0.holdSeconds = seconds })
        try await pair.announce(["192.0.2.1/32"])
        let terms = try await pair.establish()
        #expect(terms.holdTime == .seconds(seconds))
        #expect(try await pair.route("192.0.2.1/32") != nil)
        if seconds > 0 {
            // the session outlives its hold time: the fifth KEEPALIVE is due after three seconds and more
            #expect(try await eventually { try await pair.speaker.status.record.sent[.keepalive] >= 5 })
        }
        #expect(try await pair.router.isEstablished)
        #expect(try await pair.speaker.status.record.establishments == 1)
        try await pair.close()
    }

    @Test("a speaker that waits is dialled by the router", arguments: RouterKind.allCases)
    func passive(kind: RouterKind) async throws {
        let settings = RouterSettings { $0.isPassive = false }
        let lan = try await TestLAN(stations: 2)
        var configuration = PeerConfiguration.external()
        configuration.isPassive = true
        let speaker = try await TestSpeaker(
            in: lan.node, to: PeerEndpoint(address: addressOf(settings.near)), configuration)
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        try await speaker.listen()
        let router = try await kind.start(in: lan.stations[1], settings)
        try await speaker.established()
        #expect(try await eventually { try await router.route("192.0.2.1/32") != nil })
        try await speaker.close()
    }

    @Test(
        "a router with GTSM and a password is heard when it dials", arguments: [RouterKind.bird, .frr, .exabgp],
        [IPFamily.ipv4, .ipv6])
    func passiveAndSecured(kind: RouterKind, family: IPFamily) async throws {
        let settings = RouterSettings {
            $0.session = family
            $0.families = [family]
            $0.isPassive = false
            $0.isSecured = true
            $0.password = "s3cret"
        }
        let pair = try await RouterPair(kind, settings, distance: .secured(hops: 1), password: "s3cret") {
            $0.isPassive = true
        }
        try await pair.speaker.listen(TCPPassword("s3cret"))
        let prefix = family == .ipv4 ? "192.0.2.1/32" : "2001:db8::1/128"
        try await pair.announce([prefix])
        try await pair.establish()
        #expect(try await pair.route(prefix) != nil)
        try await pair.close()
    }

    // ExaBGP dials from where it listens and never settles a collision
    @Test(
        "when both ends dial, one connection stays, whatever the order, again and again",
        arguments: RouterKind.restartable)
    func collision(kind: RouterKind) async throws {
        let settings = RouterSettings { $0.isPassive = false }
        let pair = try await RouterPair(kind, settings)
        try await pair.announce(["192.0.2.1/32"])
        try await pair.speaker.listen()
        try await pair.establish()
        for round in 1...2 {
            try await pair.router.reset()
            _ = try await pair.speaker.reports.take(within: .seconds(20)) {
                if case .down = $0 { true } else { false }
            }
            // no pause at this end: both dial as soon as they may
            try await pair.speaker.peer { $0.noteReachable() }
            try await pair.speaker.established(within: .seconds(60))
            #expect(try await eventually { try await pair.router.isEstablished }, "round \(round)")
            #expect(try await pair.route("192.0.2.1/32") != nil, "round \(round)")
            #expect(
                try await eventually {
                    let sockets = try await pair.lan.node.run(
                        "ss -Htn state established '( sport = 179 or dport = 179 )'")
                    return sockets.split(separator: "\n").count == 1
                }, "round \(round)")
        }
        try await pair.close()
    }

    // ExaBGP takes a NOTIFICATION that follows an UPDATE for another one and answers 1/0
    @Test("the router reads why the speaker leaves", arguments: RouterKind.restartable)
    func shutdownCommunication(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind)
        try await pair.announce(["192.0.2.1/32"])
        try await pair.establish()
        #expect(try await pair.route("192.0.2.1/32") != nil)
        try await pair.speaker.stop(.shutdown(ShutdownCommunication("node edge7 is drained")))
        #expect(try await eventually { try await pair.router.log.contains("node edge7 is drained") })
        #expect(try await eventually { try await !pair.router.isEstablished })
        #expect(try await pair.isGone("192.0.2.1/32"))
        try await pair.close()
    }

    @Test("a session that the router resets comes back, and the reason is known", arguments: RouterKind.restartable)
    func routerResets(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind)
        try await pair.announce(["192.0.2.1/32"])
        try await pair.establish()
        try await pair.router.reset()
        let down = try await pair.speaker.reports.take { if case .down = $0 { true } else { false } }
        guard case .down(.received(let notification)) = down else { throw RouterFailure(words: "\(down)") }
        #expect(notification.code == 6)
        try await pair.speaker.established(within: .seconds(60))
        #expect(try await pair.route("192.0.2.1/32") != nil)
        try await pair.close()
    }
}
