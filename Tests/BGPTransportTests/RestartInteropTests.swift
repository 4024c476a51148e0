import Addresses
import BFD
import BFDTransport
import BGP
import BGPTransport
import KubernetesObjects
import NIOCore
import TestSupport
import Testing

/// What routers do with a speaker that dies, and one that comes back.
@Suite("A speaker that dies beside every router")
struct RestartInteropTests {
    private static func restartable(_ configuration: inout PeerConfiguration) {
        configuration.gracefulRestartSeconds = 60
    }

    @Test("the end of the table is marked, once a family", arguments: [RouterKind.frr, .exabgp])
    func endOfRIB(kind: RouterKind) async throws {
        let settings = RouterSettings { $0.families = [.ipv4, .ipv6] }
        let pair = try await RouterPair(kind, settings, Self.restartable)
        try await pair.announce(["192.0.2.1/32", "2001:db8::1/128"])
        try await pair.establish()
        #expect(
            try await eventually {
                if let exabgp = pair.router as? ExaBGPRouter { return try await exabgp.endsOfRIB == ["ipv4", "ipv6"] }
                let info = try await (pair.router as? FRRRouter)?.neighbor?["gracefulRestartInfo"]
                return info?["endOfRibRecv"]?.members.keys.sorted() == ["ipv4Unicast", "ipv6Unicast"]
            })
        try await pair.close()
    }

    /// The kernel closes the connections of a process that was killed, as `close` of the transport does.
    @Test(
        "with graceful restart routes outlive a speaker that died, and only what is not announced again goes",
        arguments: RouterKind.restartable)
    func restart(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind, RouterSettings(), Self.restartable)
        try await pair.announce(["192.0.2.1/32", "192.0.2.2/32"])
        #expect(try await pair.establish().gracefulRestart != nil)
        #expect(try await pair.route("192.0.2.2/32") != nil)
        #expect(try await pair.route("192.0.2.1/32") != nil)
        try await pair.speaker.close()
        #expect(try await eventually { try await !pair.router.isEstablished })
        #expect(try await pair.router.route("192.0.2.1/32") != nil)
        #expect(try await pair.router.route("192.0.2.2/32") != nil)
        let second = try await pair.successor(Self.restartable)
        try await second.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await second.start(isRestarted: true)
        try await second.established()
        #expect(try await pair.isGone("192.0.2.2/32"))
        #expect(try await pair.router.route("192.0.2.1/32") != nil)
        try await second.close()
    }

    @Test("without graceful restart the routes of a speaker that died go at once", arguments: RouterKind.restartable)
    func death(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind)
        try await pair.announce(["192.0.2.1/32"])
        try await pair.establish()
        #expect(try await pair.route("192.0.2.1/32") != nil)
        try await pair.speaker.close()
        #expect(try await pair.isGone("192.0.2.1/32"))
    }

    @Test("a shutdown takes the routes along although the router would keep them", arguments: RouterKind.restartable)
    func shutdown(kind: RouterKind) async throws {
        let pair = try await RouterPair(kind, RouterSettings(), Self.restartable)
        try await pair.announce(["192.0.2.1/32"])
        try await pair.establish()
        #expect(try await pair.route("192.0.2.1/32") != nil)
        try await pair.speaker.stop(.shutdown(nil))
        #expect(try await pair.isGone("192.0.2.1/32"))
        try await pair.close()
    }

    @Test("BFD with FRR: Up at both ends; a path that dies without a word is seen within a fraction of a second")
    func bfdWithFRR() async throws {
        let settings = RouterSettings {
            $0.isBFDOn = true
            $0.holdSeconds = 90
        }
        let pair = try await RouterPair(.frr, settings)
        try await pair.announce(["192.0.2.1/32"])
        try await pair.establish()
        #expect(try await pair.route("192.0.2.1/32") != nil)
        let bfd = try await GuardedPath(
            from: "10.9.0.1", to: "10.9.0.2", every: .milliseconds(50), on: pair.speaker.place)
        _ = try await bfd.changes.take { $0.to == .up }
        let frr = try #require(pair.router as? FRRRouter)
        #expect(
            try await eventually {
                try await frr.vtysh("show bfd peers", daemon: "bfdd").contains("Status: up")
            })
        let start = ContinuousClock.now
        try await pair.lan.bridge.run("ip link set port2 nomaster")
        let change = try await bfd.changes.take(within: .seconds(5)) { $0.to == .down }
        #expect(change.from == .up && change.diagnostic == .detectionTimeExpired)
        #expect(ContinuousClock.now - start < .seconds(1))
        // long before its hold time of ninety seconds
        #expect(try await eventually(within: .seconds(5)) { try await !frr.kernelRoutes().contains("192.0.2.1") })
        try await bfd.close()
        try await pair.close()
    }

    @Test(
        "the kernel of FRR sends echo packets back, control packets become rare, and missing echoes show a cut")
    func echoWithFRR() async throws {
        let settings = RouterSettings {
            $0.isBFDOn = true
            $0.isEchoOn = true
            $0.holdSeconds = 90
        }
        let pair = try await RouterPair(.frr, settings)
        // each end's kernel loops the other's packets
        for station in pair.lan.stations { try await station.run("echo 1 > /proc/sys/net/ipv4/ip_forward") }
        try await pair.announce(["192.0.2.1/32"])
        try await pair.establish()
        let bfd = try await GuardedPath(
            from: "10.9.0.1", to: "10.9.0.2", every: .milliseconds(100), echo: .milliseconds(50),
            on: pair.speaker.place)
        _ = try await bfd.changes.take { $0.to == .up }
        #expect(try await eventually { try await bfd.status?.counters.echoPacketsReceived ?? 0 > 60 })
        let status = try #require(try await bfd.status)
        #expect(status.state == .up && status.isEchoActive && status.detectionTime == .seconds(3))
        #expect(status.counters.downs == 0 && status.counters.dropped[.echo] == nil)
        #expect(try await pair.route("192.0.2.1/32") != nil)
        let start = ContinuousClock.now
        try await pair.lan.bridge.run("ip link set port2 nomaster")
        let change = try await bfd.changes.take(within: .seconds(5)) { $0.to == .down }
        #expect(change.diagnostic == .echoFailed)
        // control packets alone would need three seconds
        #expect(ContinuousClock.now - start < .seconds(1))
        try await bfd.close()
        try await pair.close()
    }
}
