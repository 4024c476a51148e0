import Addresses
import Kernel
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// Everything against the real kernel, checked with iproute2.
@Suite("The kernel's state, read and changed", .serialized)
struct KernelSessionTests {
    static let vip = addressOf("10.9.0.100")

    @Test("links are read with their flags, master, kind and MAC address")
    func links() async throws {
        let lan = try await TestLAN(stations: 1)
        try await lan.bridge.run("ip link set port1 address 02:00:00:00:00:01")
        let links = try await lan.bridge.enter { try KernelSession().links() }
        let port = try #require(links.first { $0.name == "port1" })
        let bridge = try #require(links.first { $0.name == "br0" })
        let loopback = try #require(links.first { $0.name == "lo" })
        #expect(port.mac == MACAddress("02:00:00:00:00:01"))
        #expect(port.isUp && port.isRunning && port.hasCarrier && port.canBroadcast && !port.hasNoARP)
        #expect(port.master == bridge.index && bridge.master == nil)
        #expect(port.kind == "veth" && bridge.kind == "bridge" && port.mtu == 1500)
        #expect(loopback.isLoopback && loopback.isUp)
        try await lan.node.run("ip link set eth0 down")
        let cut = try await lan.bridge.enter { try KernelSession().links().first { $0.name == "port1" } }
        #expect(cut?.isUp == true && cut?.isRunning == false && cut?.hasCarrier == false)
    }

    @Test("the sink is made, up, once; and an interface of another kind with its name is left alone")
    func sink() async throws {
        let node = try await NetworkNamespace()
        let (first, second) = try await node.enter {
            let session = try KernelSession()
            return (try session.ensureSink(), try session.ensureSink())
        }
        #expect(first == second && first.name == "toono0" && first.isUp && first.hasNoARP)
        #expect(KernelOwner.sinkKinds.contains(first.kind ?? ""))
        try await node.run("ip link del toono0 && ip link add toono0 type veth peer name other")
        let error = try await node.enter {
            let session = try KernelSession()
            return #expect(throws: KernelError.self) { try session.ensureSink() }
        }
        #expect(error?.errno == 17 && error?.detail == "a link of kind veth has this name")
    }

    @Test("a route, a proxy entry, the lease and an address are made with our mark, read back, and removed")
    func roundTrip() async throws {
        let lan = try await TestLAN(stations: 1)
        let (sink, link) = try await Self.program(lan.node)
        let seen = try await lan.node.enter { try Observed() }
        #expect(
            seen.routes == [
                Route(prefix: IPPrefix(host: Self.vip), outputIndex: sink, preferredSource: KernelOwner.leaseAddress)
            ])
        #expect(seen.proxies == [ProxyNeighbor(index: link, address: Self.vip)])
        let lease = try #require(seen.addresses.first { $0.prefix.address == KernelOwner.leaseAddress })
        #expect(lease.index == sink && lease.prefix.length == 32 && lease.protocolNumber == 77)
        #expect(lease.validSeconds.map { (1...30).contains($0) } == true && !lease.isPermanent && lease.isDeprecated)
        let v6 = try #require(seen.addresses.first { $0.prefix.address == addressOf("fd09::100") })
        #expect(v6.prefix.length == 128 && v6.protocolNumber == 77 && v6.hasNoPrefixRoute && v6.isDeprecated)
        #expect(v6.isOurs(kernelKeepsMarks: true) && v6.isOurs(kernelKeepsMarks: false))
        let own = try #require(seen.addresses.first { $0.prefix == IPPrefix("10.9.0.1/24") })
        #expect(own.isPermanent && own.validSeconds == nil && !own.isOurs(kernelKeepsMarks: false))
        #expect(
            try await lan.node.run("ip route show proto 77").contains(
                "10.9.0.100 dev toono0 scope link src 169.254.77.1"))
        #expect(try await lan.node.run("ip neigh show proxy").contains("10.9.0.100 dev eth0 proxy proto 77"))

        let failures = try await lan.node.enter {
            try KernelSession().apply([
                .removeProxy(Self.vip, index: link), .removeRoute(Self.vip, outputIndex: sink),
                .removeAddress(IPPrefix(host: addressOf("fd09::100")), index: link), .removeLink(index: sink),
            ])
        }
        #expect(failures.isEmpty)
        let left = try await lan.node.enter { try Observed() }
        #expect(left.routes.isEmpty && left.proxies.isEmpty && !left.addresses.contains { $0.protocolNumber == 77 })
    }

    @Test("to make what is there and to remove what is not there are no failures")
    func idempotent() async throws {
        let lan = try await TestLAN(stations: 1)
        let (sink, link) = try await Self.program(lan.node)
        _ = try await Self.program(lan.node)
        let changes: [KernelChange] = [
            .removeProxy(Self.vip, index: link), .removeRoute(Self.vip, outputIndex: sink),
            .dropRoute(Route(prefix: IPPrefix(host: Self.vip), outputIndex: sink)),
            .removeAddress(IPPrefix(host: KernelOwner.leaseAddress), index: sink),
            .removeAddress(IPPrefix(host: addressOf("fd09::100")), index: link), .removeLink(index: sink),
        ]
        let failures = try await lan.node.enter {
            let session = try KernelSession()
            return try session.apply(changes) + session.apply(changes)
        }
        #expect(failures.isEmpty)
    }

    @Test("a route of somebody else to the same address is a failure with a reason, and stays")
    func foreignRoute() async throws {
        let lan = try await TestLAN(stations: 1)
        try await lan.node.run("ip route add 10.9.0.100/32 dev eth0")
        let failures = try await lan.node.enter {
            let session = try KernelSession()
            let sink = try session.ensureSink().index
            return try session.apply([
                .setAddress(KernelOwner.leaseAddress, index: sink, validSeconds: 30),
                .addRoute(Self.vip, outputIndex: sink, source: KernelOwner.leaseAddress),
            ])
        }
        #expect(failures.map(\.position) == [1])
        #expect(failures.first?.error.errno == 17)
        #expect(failures.first?.error.detail == "another route to this address is in the table")
        #expect(try await lan.node.run("ip route show 10.9.0.100").contains("dev eth0"))
    }

    @Test("a refused change among hundreds is told by its position and the kernel's words; the others are made")
    func partialFailure() async throws {
        let lan = try await TestLAN(stations: 1)
        let (sink, link) = try await Self.program(lan.node)
        let failures = try await lan.node.enter {
            var changes = (0..<700).map {
                KernelChange.addRoute(
                    addressOf("10.8.0.0", plus: $0), outputIndex: sink, source: KernelOwner.leaseAddress)
            }
            // A preferred source that the node does not have, and a link that is not there.
            changes[300] = .addRoute(addressOf("10.7.0.1"), outputIndex: sink, source: addressOf("10.7.0.2"))
            changes[699] = .addProxy(Self.vip, index: link + 1000)
            return try KernelSession().apply(changes)
        }
        #expect(failures.map(\.position) == [300, 699])
        #expect(
            failures.first?.error.description
                == "cannot add route 10.7.0.1 dev \(sink) src 10.7.0.2: Invalid argument (Invalid prefsrc address)")
        #expect(failures.last?.error.errno == 19)
        let routes = try await lan.node.enter { try KernelSession().routes() }
        #expect(routes.count == 699)
    }

    @Test("thousands of refusals are all told, none is lost")
    func manyFailures() async throws {
        let node = try await NetworkNamespace()
        let failures = try await node.enter {
            try KernelSession().apply((0..<5000).map { .addProxy(addressOf("10.8.0.0", plus: $0), index: 4711) })
        }
        #expect(failures.map(\.position) == Array(0..<5000))
    }

    @Test("proxy_delay of a link is set and read for both families")
    func proxyDelay() async throws {
        let lan = try await TestLAN(stations: 1)
        let delays = try await lan.node.enter {
            let session = try KernelSession()
            let link = try session.index(of: "eth0")
            let before = try session.proxyDelay(index: link, family: .ipv4)
            let failures = try session.apply(
                IPFamily.allCases.map { .setProxyDelay(index: link, milliseconds: $0 == .ipv4 ? 0 : 40, family: $0) })
            #expect(failures.isEmpty)
            return [
                before, try session.proxyDelay(index: link, family: .ipv4),
                try session.proxyDelay(index: link, family: .ipv6),
                try session.proxyDelay(index: link + 1000, family: .ipv4),
            ]
        }
        #expect(delays == [.milliseconds(800), .zero, .milliseconds(40), nil])
    }

    @Test("a lease that is not renewed ends, and takes its routes along")
    func leaseEnds() async throws {
        let lan = try await TestLAN(stations: 1)
        let events = Mailbox<KernelEvent>()
        let monitor = try await lan.node.listen(on: MultiThreadedEventLoopGroup.singleton.next(), events)
        _ = try await Self.program(lan.node, leaseSeconds: 1)
        let gone = try await events.take { if case .routeRemoved = $0 { true } else { false } }
        try await monitor.close()
        guard case .routeRemoved(let route) = gone else { return }
        #expect(route.prefix == IPPrefix(host: Self.vip))
        #expect(try await lan.node.enter { try KernelSession().routes() } == [])
    }

    @Test("the kernel answers ARP for what was programmed, with the link's own MAC address")
    func answers() async throws {
        let lan = try await TestLAN(stations: 2)
        try await lan.node.run("echo 1 > /proc/sys/net/ipv4/ip_forward; ip link set eth0 address 02:00:00:00:00:01")
        _ = try await Self.program(lan.node)
        let answer = try await lan.stations[1].run("arping -c 1 -w 3 -I eth0 10.9.0.100")
        #expect(answer.contains("02:00:00:00:00:01"))
    }

    /// Programs the VIP by proxy and fd09::100 by address.
    static func program(_ node: NetworkNamespace, leaseSeconds: UInt32 = 30) async throws -> (sink: Int32, link: Int32)
    {
        try await node.enter {
            let session = try KernelSession()
            let sink = try session.ensureSink().index
            let link = try session.index(of: "eth0")
            let failures = try session.apply([
                .setProxyDelay(index: link, milliseconds: 0, family: .ipv4),
                .setAddress(KernelOwner.leaseAddress, index: sink, validSeconds: leaseSeconds),
                .addRoute(vip, outputIndex: sink, source: KernelOwner.leaseAddress), .addProxy(vip, index: link),
                .setAddress(addressOf("fd09::100"), index: link, validSeconds: 30),
            ])
            #expect(failures.isEmpty)
            return (sink, link)
        }
    }

    @Test(
        "the default gateway of each link is found, the one with the least metric, and no other route is taken for it")
    func gateways() async throws {
        let lan = try await TestLAN(stations: 1)
        let index = try await lan.node.enter { try KernelSession().links().first { $0.name == "eth0" }?.index }
        #expect(try await lan.node.enter { try KernelSession().defaultGateways() } == [:])
        try await lan.node.run(
            """
            ip route add default via 10.9.0.2 metric 200 && ip route add default via 10.9.0.3 metric 100 &&
            ip route add 10.77.0.0/16 via 10.9.0.4 && ip route add default via 10.9.0.5 table 99
            """)
        let found = try await lan.node.enter { try KernelSession().defaultGateways() }
        #expect(found == [try #require(index): addressOf("10.9.0.3")])
    }
}
