import Addresses
import BGP
import BGPTransport
import LinkSockets
import NIOCore
import TestSupport
import Testing

/// Sessions over an interface alone: the router is found by its advertisements, and takes us by ours.
@Suite("Unnumbered sessions")
struct UnnumberedTests {
    private static let frr = """
        router bgp 65000
         bgp router-id 10.9.0.2
         no bgp ebgp-requires-policy
         neighbor eth0 interface remote-as external
         neighbor eth0 timers connect 1
         address-family ipv4 unicast
          neighbor eth0 activate
         exit-address-family
         address-family ipv6 unicast
          neighbor eth0 activate
        """

    private static let bird = """
        protocol radv { interface "eth0" { max ra interval 4; default lifetime 0; }; }
        protocol bgp un { local as 65000; neighbor range fe80::/10 as 65001; interface "eth0"; direct;
          dynamic name "un"; ipv4 { import all; export none; extended next hop on; };
          ipv6 { import all; export none; }; }
        """

    /// Finds the router on `eth0`; the finder lives as long as the loop.
    private func router(on place: NamespaceLoop) async throws -> (IPAddress, NIOLoopBound<RouterFinder>) {
        let found = Mailbox<IPAddress>()
        let finder = try await place.run {
            let finder = RouterFinder(interface: "eth0", on: place.loop) { found.post($0) }
            finder.start()
            return NIOLoopBound(finder, eventLoop: place.loop)
        }
        return (try await found.take(within: .seconds(30)), finder)
    }

    /// The router has no address but the link-local one; the node has one of a network that the router is not in.
    private func lan() async throws -> TestLAN {
        let lan = try await TestLAN(stations: 2)
        try await lan.stations[1].run("ip address flush dev eth0 scope global")
        return lan
    }

    private func speaker(_ lan: TestLAN) async throws -> (TestSpeaker, NIOLoopBound<RouterFinder>) {
        let place = try await NamespaceLoop(in: lan.node)
        let (address, finder) = try await router(on: place)
        #expect(address.isLinkLocal)
        var endpoint = PeerEndpoint(address: address)
        endpoint.zone = "eth0"
        var configuration = PeerConfiguration.external([.ipv4Unicast, .ipv6Unicast])
        configuration.remoteAS = .external
        configuration.offersExtendedNextHop = true
        return (try await TestSpeaker(at: place, to: endpoint, configuration), finder)
    }

    private func announce(_ speaker: TestSpeaker) async throws {
        try await speaker.routes { table in
            table.announce(prefixOf("192.0.2.1"))
            table.announce(prefixOf("2001:db8::1"))
        }
        try await speaker.start()
        let terms = try await speaker.established(within: .seconds(40))
        #expect(terms.usesExtendedNextHop && terms.families == [.ipv4Unicast, .ipv6Unicast])
    }

    @Test("with FRR: both families arrive by way of the link-local address, and go")
    func frr() async throws {
        let lan = try await lan()
        let frr = try await FRRRouter(in: lan.stations[1], Self.frr)
        let (speaker, finder) = try await speaker(lan)
        try await announce(speaker)
        #expect(try await eventually { try await frr.kernelRoutes().contains("192.0.2.1 ") })
        #expect(try await frr.kernelRoutes().contains("inet6 fe80::"))
        #expect(try await eventually { try await frr.kernelRoutes(ipv6: true).contains("2001:db8::1 ") })
        #expect(try await frr.vtysh("show bgp neighbors eth0").contains("BGP state = Established"))
        try await speaker.stop(.shutdown(nil))
        #expect(try await eventually { try await !frr.kernelRoutes().contains("192.0.2.1 ") })
        try await speaker.place.run { finder.value.close() }
        try await speaker.close()
    }

    @Test("with BIRD: both families arrive by way of the link-local address")
    func bird() async throws {
        let lan = try await lan()
        let bird = try await BirdRouter(in: lan.stations[1], Self.bird)
        let (speaker, finder) = try await speaker(lan)
        try await announce(speaker)
        #expect(try await eventually { try await bird.kernelRoutes().contains("192.0.2.1 via inet6 fe80::") })
        #expect(try await eventually { try await bird.kernelRoutes(ipv6: true).contains("2001:db8::1 via fe80::") })
        try await speaker.place.run { finder.value.close() }
        try await speaker.close()
    }

    @Test("an interface that is not there, and one without a link-local address, are waited for")
    func interfaceComes() async throws {
        let namespace = try await NetworkNamespace()
        let place = try await NamespaceLoop(in: namespace)
        let found = Mailbox<IPAddress>()
        let finder = try await place.run {
            let finder = RouterFinder(interface: "late0", on: place.loop) { found.post($0) }
            finder.start()
            return NIOLoopBound(finder, eventLoop: place.loop)
        }
        #expect(try await place.run { finder.value.obstacle } == .interfaceMissing)
        try await namespace.run("ip link add late0 type veth peer name far0")
        #expect(try await eventually { try await place.run { finder.value.obstacle } == .noLinkLocalAddress })
        try await namespace.run("ip link set late0 up && ip link set far0 up")
        #expect(try await eventually { try await place.run { finder.value.obstacle } == .routerSilent })
        try await namespace.run("ip link del late0")
        #expect(try await eventually { try await place.run { finder.value.obstacle } == .interfaceMissing })
        #expect(found.elements.isEmpty)
        try await place.run { finder.value.close() }
        try await place.close()
    }
}
