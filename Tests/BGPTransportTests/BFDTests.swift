import Addresses
import BFD
import BFDTransport
import BGP
import BGPTransport
import Glibc
import NIOCore
import TestSupport
import Testing

/// BFD with BIRD, beside the BGP session that it guards.
@Suite("BFD with BIRD", .serialized)
struct BFDTests {
    private static let router = """
        protocol bfd { interface "eth0" { interval 50 ms; multiplier 3; };
          multihop { interval 50 ms; multiplier 3; }; }
        protocol bgp upstream { local NEAR as 65000; neighbor FAR external; KIND passive; bfd on; error wait time 1,2;
          ipv4 { import all; export none; }; ipv6 { import all; export none; }; }
        """

    private static func router(_ near: String, _ far: String, kind: String = "direct;") -> String {
        router.replacing("NEAR", with: near).replacing("FAR", with: far).replacing("KIND", with: kind)
    }

    /// Of the namespace of the calling thread.
    private static var eth0: UInt32 { unsafe if_nametoindex("eth0") }

    private let fast = BFDSettings(transmitInterval: .milliseconds(50), receiveInterval: .milliseconds(50))

    /// Starts BFD on the speaker's loop.
    private func start(
        _ path: @escaping @Sendable () -> BFDPath, _ settings: BFDSettings, on speaker: TestSpeaker
    ) async throws -> (NIOLoopBound<BFDTransport>, UInt32, Mailbox<BFDStateChange>) {
        let changes = Mailbox<BFDStateChange>()
        let opened = Mailbox<Bool>()
        let loop = speaker.place.loop
        let bfd = try await speaker.place.run {
            let transport = BFDTransport(on: loop)
            let bound = NIOLoopBound(transport, eventLoop: loop)
            try transport.open().whenComplete { opened.post((try? $0.get()) != nil) }
            return bound
        }
        #expect(try await opened.take())
        let discriminator = try await speaker.place.run {
            try bfd.value.start(path(), settings) { changes.post($0) }
        }
        return (bfd, discriminator, changes)
    }

    @Test(
        "one hop: Up at both ends; a path that dies without a word is seen at both ends within a fraction of a second",
        arguments: [("10.9.0.1", "10.9.0.2"), ("fd09::1", "fd09::2")])
    func singleHop(here: String, there: String) async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(in: lan.stations[1], Self.router(there, here))
        let speaker = try await TestSpeaker(
            in: lan.node, to: PeerEndpoint(address: addressOf(there)), .external([.ipv4Unicast, .ipv6Unicast]))
        try await speaker.routes { $0.announce(prefixOf("192.0.2.1")) }
        try await speaker.start()
        try await speaker.established()
        let (bfd, _, changes) = try await start(
            { .singleHop(from: addressOf(here), to: addressOf(there), interface: Self.eth0) }, fast,
            on: speaker)
        _ = try await changes.take { $0.to == .up }
        #expect(try await eventually { try await bird.birdc("show bfd sessions").contains(" Up ") })
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.1") })
        let start = ContinuousClock.now
        try await lan.bridge.run("ip link set port2 nomaster")
        let change = try await changes.take(within: .seconds(5)) { $0.to == .down }
        #expect(change.from == .up && change.diagnostic == .detectionTimeExpired)
        #expect(ContinuousClock.now - start < .seconds(1))
        #expect(try await eventually(within: .seconds(1)) { try await !bird.kernelRoutes().contains("192.0.2.1") })
        try await speaker.peer { $0.loseForwarding() }
        _ = try await speaker.reports.take { $0 == .down(.sent(.cease(.bfdDown))) }
        try await speaker.place.run { bfd.value.close() }
        try await speaker.close()
    }

    @Test("more hops: BIRD's packets with TTL 64 are taken where the profile allows it, and not where it does not")
    func multiHop() async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(
            in: lan.stations[1], Self.router("10.9.0.2", "10.9.0.1", kind: "multihop 3;"))
        var endpoint = PeerEndpoint(address: addressOf("10.9.0.2"))
        endpoint.distance = .multihop
        let speaker = try await TestSpeaker(in: lan.node, to: endpoint, .external())
        try await speaker.start()
        try await speaker.established()
        let path: @Sendable () -> BFDPath = { .multiHop(from: addressOf("10.9.0.1"), to: addressOf("10.9.0.2")) }
        var strict = fast
        strict.minimumHopLimit = 254
        let (bfd, discriminator, changes) = try await start(path, strict, on: speaker)
        // BIRD hears us and waits for our word on its packets, which never reach the session
        #expect(try await eventually { try await bird.birdc("show bfd sessions").contains("10.9.0.1") })
        #expect(changes.elements.isEmpty)
        var lenient = fast
        lenient.minimumHopLimit = 60
        let settings = lenient
        try await speaker.place.run { bfd.value.configure(discriminator, settings) }
        _ = try await changes.take { $0.to == .up }
        try await speaker.place.run { bfd.value.close() }
        try await speaker.close()
    }

    @Test("a profile that changes while the session is Up is agreed on with the router, without a flap")
    func profileChange() async throws {
        let lan = try await TestLAN(stations: 2)
        let bird = try await BirdRouter(in: lan.stations[1], Self.router("10.9.0.2", "10.9.0.1"))
        let speaker = try await TestSpeaker(
            in: lan.node, to: PeerEndpoint(address: addressOf("10.9.0.2")), .external())
        try await speaker.start()
        try await speaker.established()
        var passive = fast
        passive.isPassive = true
        let (bfd, discriminator, changes) = try await start(
            { .singleHop(from: addressOf("10.9.0.1"), to: addressOf("10.9.0.2"), interface: Self.eth0) }, passive,
            on: speaker)
        // the router speaks first
        _ = try await changes.take { $0.to == .up }
        for (milliseconds, shown) in [(50, "0.050 +0.150"), (300, "0.300 +0.900"), (50, "0.050 +0.150")] {
            var settings = passive
            settings.transmitInterval = .milliseconds(milliseconds)
            settings.receiveInterval = .milliseconds(milliseconds)
            let wanted = settings
            try await speaker.place.run { bfd.value.configure(discriminator, wanted) }
            #expect(
                try await eventually {
                    try await bird.birdc("show bfd sessions").contains(Regex(" Up .* \(shown)"))
                }, "\(milliseconds) ms")
            #expect(
                try await eventually {
                    try await speaker.place.run { bfd.value.status(discriminator)?.isPolling } == false
                }, "\(milliseconds) ms")
        }
        #expect(try await speaker.place.run { bfd.value.status(discriminator)?.counters.downs } == 0)
        #expect(!changes.elements.contains { $0.to == .down })
        try await speaker.place.run { bfd.value.close() }
        try await speaker.close()
    }
}
