import Addresses
import Dispatch
import Kernel
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// What the kernel tells of changes that others make, in namespaces of its own.
@Suite("The kernel's events", .serialized)
struct KernelMonitorTests {
    /// A node whose events are heard while the body runs.
    private func listening(
        to node: NetworkNamespace, on loop: any EventLoop = MultiThreadedEventLoopGroup.singleton.next(),
        _ body: (Mailbox<KernelEvent>) async throws -> Void
    ) async throws {
        let events = Mailbox<KernelEvent>()
        let monitor = try await node.listen(on: loop, events)
        do { try await body(events) } catch {
            try await monitor.close()
            throw error
        }
        try await monitor.close()
    }

    @Test("a link that goes down and up, and one that is deleted, are told by their index")
    func links() async throws {
        let lan = try await TestLAN(stations: 1)
        let index = try await lan.node.enter { try KernelSession().index(of: "eth0") }
        try await listening(to: lan.node) { events in
            for command in ["ip link set eth0 down", "ip link set eth0 up", "ip link del eth0"] {
                try await lan.node.run(command)
                _ = try await events.take { $0 == .link(index: index) }
            }
        }
    }

    @Test("a port that leaves its bridge is told as changed, not as a link that is gone only")
    func bridgePort() async throws {
        let lan = try await TestLAN(stations: 1)
        let index = try await lan.bridge.enter { try KernelSession().index(of: "port1") }
        try await listening(to: lan.bridge) { events in
            try await lan.bridge.run("ip link set port1 nomaster")
            _ = try await events.take { $0 == .link(index: index) }
            let master = try await lan.bridge.enter { try KernelSession().links().first { $0.index == index }?.master }
            #expect(master == nil)
        }
    }

    @Test("addresses are told with whose they are and whether they went")
    func addresses() async throws {
        let lan = try await TestLAN(stations: 1)
        let index = try await lan.node.enter { try KernelSession().index(of: "eth0") }
        try await listening(to: lan.node) { events in
            try await lan.node.run("ip address add 10.9.0.50/24 dev eth0")
            _ = try await events.take { $0 == .address(index: index, isOurs: false, isRemoval: false) }
            try await lan.node.run("ip address del 10.9.0.50/24 dev eth0")
            _ = try await events.take { $0 == .address(index: index, isOurs: false, isRemoval: true) }
            _ = try await KernelSessionTests.program(lan.node)
            _ = try await events.take { $0 == .address(index: index, isOurs: true, isRemoval: false) }
            try await lan.node.run("ip address del fd09::100/128 dev eth0")
            _ = try await events.take { $0 == .address(index: index, isOurs: true, isRemoval: true) }
        }
    }

    @Test("the removal of a route of ours is told; routes of others and new ones wake nobody")
    func routes() async throws {
        let lan = try await TestLAN(stations: 1)
        let (sink, _) = try await KernelSessionTests.program(lan.node)
        try await listening(to: lan.node) { events in
            try await lan.node.run("ip route add 10.7.0.0/24 dev eth0 proto 99 && ip route del 10.7.0.0/24 dev eth0")
            try await lan.node.run("ip route add 10.8.0.1/32 dev toono0 proto 77 && ip route del 10.8.0.1/32")
            let first = try await events.take { if case .routeRemoved = $0 { true } else { false } }
            #expect(first == .routeRemoved(Route(prefix: IPPrefix(host: addressOf("10.8.0.1")), outputIndex: sink)))
            #expect(!events.elements.contains { if case .routeRemoved = $0 { true } else { false } })
        }
    }

    @Test("forwarding switched on and off is told")
    func forwarding() async throws {
        let node = try await NetworkNamespace()
        try await listening(to: node) { events in
            for value in [1, 0] {
                try await node.run("echo \(value) > /proc/sys/net/ipv4/ip_forward")
                _ = try await events.take { $0 == .forwarding }
            }
        }
    }

    @Test("lost events are told as an overrun, and what happens after that is heard")
    func overrun() async throws {
        let lan = try await TestLAN(stations: 1)
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        try await listening(to: lan.node, on: group.next()) { events in
            // The loop is kept busy while more happens than the socket has room for: 8 MiB, doubled by the kernel.
            let isDone = DispatchSemaphore(value: 0)
            group.next().execute { isDone.wait() }
            try await lan.node.run(
                """
                ip link add toono0 type ifb && ip link set toono0 up && i=0 &&
                while [ $i -lt 30000 ]; do
                  echo "route add 10.$((i/62500)).$((i/250%250)).$((i%250)) dev toono0 proto 77"; i=$((i+1))
                done > /tmp/\(lan.node.name) && ip -batch /tmp/\(lan.node.name) &&
                sed s/add/del/ /tmp/\(lan.node.name) | ip -batch - ; rm /tmp/\(lan.node.name)
                """)
            isDone.signal()
            _ = try await events.take(within: .seconds(20)) { $0 == .overrun }
            try await lan.node.run("ip route add 10.8.0.1/32 dev toono0 proto 77 && ip route del 10.8.0.1/32")
            _ = try await events.take {
                if case .routeRemoved(let route) = $0 { route.prefix == IPPrefix("10.8.0.1/32") } else { false }
            }
        }
        try await group.shutdownGracefully()
    }

    @Test("a monitor that nobody holds any more stops, and its descriptors are closed")
    func released() async throws {
        let node = try await NetworkNamespace()
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        do {
            let monitor = try await node.listen(on: loop, Mailbox())
            #expect(try await listeners(in: node) == 1)
            _ = monitor
        }
        // The close runs on the loop, before what is submitted after it.
        try await loop.submit {}.get()
        #expect(try await listeners(in: node) == 0)
    }

    /// How many sockets of the namespace are subscribed to groups of routing events.
    private func listeners(in node: NetworkNamespace) async throws -> Int {
        let lines = try await node.run(#"awk '$2 == 0 && $4 != "00000000" && NR > 1' /proc/net/netlink"#)
        return lines.split(separator: "\n").count
    }
}
