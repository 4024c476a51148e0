import Addresses
import BGP
import BGPTransport
import KubernetesObjects
import NIOCore
import TestSupport
import Testing

/// What happens in the life of a session that is up, at real routers.
@Suite("The life of a session")
struct LifeInteropTests {
    // GoBGP and ExaBGP cannot change a password while they run
    @Test(
        "a password that changes: a live session goes on, and comes back with the new one once the router has it",
        arguments: [RouterKind.bird, .frr])
    func rotation(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind, RouterSettings { $0.password = "s3cret" }, password: "s3cret")
        try await pair.announce(["192.0.2.1/32"])
        try await pair.establish()
        #expect(try await pair.route("192.0.2.1/32") != nil)
        try await pair.speaker.peer { peer in
            var endpoint = peer.endpoint
            endpoint.password = TCPPassword("n3wer")
            peer.configure(peer.configuration, endpoint: endpoint)
        }
        // the connection still has the old key
        try await pair.announce(["192.0.2.2/32"])
        #expect(try await pair.route("192.0.2.2/32") != nil)
        #expect(try await pair.speaker.status.record.establishments == 1)
        switch pair.router {
        case let bird as BirdRouter: try await bird.reconfigure { $0.replacing("s3cret", with: "n3wer") }
        case let frr as FRRRouter: try await frr.configure(["neighbor 10.9.0.1 password n3wer"])
        default: Issue.record("no way to change the password")
        }
        // routers end the session for that
        _ = try await pair.speaker.reports.take { if case .down = $0 { true } else { false } }
        try await pair.speaker.established(within: .seconds(60))
        #expect(try await pair.route("192.0.2.2/32") != nil)
        try await pair.close()
    }

    /// What a router does to end a session, and what it says.
    struct Ending: Sendable, CustomTestStringConvertible {
        var name: String
        var kind: RouterKind
        var subcode: UInt8
        /// True if the router takes the speaker back by itself.
        var comesBack = true
        var perform: @Sendable (any Router) async throws -> Void
        var testDescription: String { "\(kind): \(name)" }
    }

    static let endings: [Ending] =
        [
            Ending(name: "disable", kind: .bird, subcode: 2, comesBack: false) { router in
                try await (router as? BirdRouter)?.birdc("disable upstream")
            },
            Ending(name: "restart", kind: .bird, subcode: 4) { router in
                try await (router as? BirdRouter)?.birdc("restart upstream")
            },
            Ending(name: "removed from the configuration", kind: .bird, subcode: 3, comesBack: false) { router in
                try await (router as? BirdRouter)?.reconfigure { text in
                    text.split(separator: "protocol bgp upstream").first.map(String.init) ?? ""
                }
            },
            Ending(name: "another hold time", kind: .bird, subcode: 6) { router in
                try await (router as? BirdRouter)?.reconfigure { $0.replacing("hold time 9", with: "hold time 12") }
            },
            Ending(name: "too many routes", kind: .bird, subcode: 1) { router in
                try await (router as? BirdRouter)?.reconfigure {
                    $0.replacing("ipv4 { import all;", with: "ipv4 { import all; receive limit 1 action restart;")
                }
            },
            Ending(name: "shutdown", kind: .frr, subcode: 2, comesBack: false) { router in
                try await (router as? FRRRouter)?.configure(["neighbor 10.9.0.1 shutdown"])
            },
            Ending(name: "clear", kind: .frr, subcode: 4) { router in
                try await (router as? FRRRouter)?.vtysh("clear bgp *")
            },
            Ending(name: "no neighbor", kind: .frr, subcode: 3, comesBack: false) { router in
                try await (router as? FRRRouter)?.configure(["no neighbor 10.9.0.1"])
            },
            Ending(name: "too many routes", kind: .frr, subcode: 1, comesBack: false) { router in
                try await (router as? FRRRouter)?.configure([
                    "address-family ipv4 unicast", "neighbor 10.9.0.1 maximum-prefix 1 force",
                ])
            },
            Ending(name: "reset", kind: .gobgp, subcode: 4) { router in
                try await (router as? GoBGPRouter)?.gobgp("neighbor 10.9.0.1 reset")
            },
            Ending(name: "shutdown", kind: .gobgp, subcode: 2) { router in
                try await (router as? GoBGPRouter)?.gobgp("neighbor 10.9.0.1 shutdown")
            },
        ]
        + (1...10).map { subcode in
            Ending(name: "teardown \(subcode)", kind: .exabgp, subcode: subcode) { router in
                try await (router as? ExaBGPRouter)?.teardown(subcode)
            }
        }

    @Test(
        "whatever a router ends a session with is known by its number, and the session comes back", arguments: endings)
    func ending(ending: Ending) async throws {
        let pair = try await RouterPair(ending.kind)
        try await pair.announce(["192.0.2.1/32", "192.0.2.2/32"])
        try await pair.establish()
        #expect(try await pair.route("192.0.2.2/32") != nil)
        try await ending.perform(pair.router)
        let down = try await pair.speaker.reports.take { if case .down = $0 { true } else { false } }
        guard case .down(.received(let notification)) = down else { throw RouterFailure(words: "\(down)") }
        #expect(notification.code == 6 && notification.subcode == ending.subcode, "\(notification)")
        #expect(try await pair.speaker.status.record.cause == .received(notification))
        // nothing is said after it
        #expect(try await pair.speaker.status.record.sent[.notification] == 0)
        if ending.comesBack { try await pair.speaker.established(within: .seconds(60)) }
        try await pair.close()
    }

    @Test("two peers of one node with different AS numbers and router IDs, reading one table")
    func twoIdentities() async throws {
        let lan = try await TestLAN(stations: 3)
        let first = try await RouterKind.bird.start(in: lan.stations[1])
        // the third station has another address than routers of tests have
        let second = try await FRRRouter(
            in: lan.stations[2],
            """
            router bgp 65100
             bgp router-id 10.9.0.3
             no bgp ebgp-requires-policy
             neighbor 10.9.0.1 remote-as 65200
             neighbor 10.9.0.1 passive
            """)
        let speaker = try await TestSpeaker(
            in: lan.node, to: PeerEndpoint(address: addressOf("10.9.0.2")), .external())
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        try await speaker.established()
        let reports = Mailbox<PeerReport>()
        let other = try await speaker.place.run { [parts = speaker.parts, loop = speaker.place.loop] in
            var configuration = PeerConfiguration(
                myASN: 65200, remoteAS: .number(65100), identifier: BGPIdentifier(hashing: "another"),
                families: [.ipv4Unicast])
            configuration.connectTime = .seconds(1)
            let peer = PeerTransport(
                name: "second", endpoint: PeerEndpoint(address: addressOf("10.9.0.3")), configuration: configuration,
                table: parts.table.value, on: loop
            ) { _, report in reports.post(report) }
            peer.start()
            return NIOLoopBound(peer, eventLoop: loop)
        }
        _ = try await reports.take(within: .seconds(20)) { if case .established = $0 { true } else { false } }
        #expect(try await eventually { try await first.route("192.0.2.1/32")?.path == [65001] })
        #expect(try await eventually { try await second.route("192.0.2.1/32")?.path == [65200] })
        let shown = try await second.neighbor?["remoteRouterId"]?.stringValue
        #expect(shown == BGPIdentifier(hashing: "another").description)
        // one that is changed does not touch the other
        try await speaker.place.run {
            var configuration = other.value.configuration
            configuration.myASN = 65201
            other.value.configure(configuration, endpoint: other.value.endpoint)
        }
        _ = try await reports.take { if case .down = $0 { true } else { false } }
        #expect(try await speaker.status.record.establishments == 1)
        try await speaker.routes { $0.withdraw(prefixOf("192.0.2.1")) }
        #expect(try await eventually { try await first.route("192.0.2.1/32") == nil })
        try await speaker.place.run { other.value.close() }
        try await speaker.close()
    }
}
