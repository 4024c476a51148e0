import Addresses
import LinkSockets
import NIOCore
import TestSupport
import Testing

/// Between stations of a LAN, and against what a stranger can send.
@Suite("Hellos on a link", .serialized)
struct HelloSocketTests {
    private static func address(_ family: IPFamily, _ station: Int) -> IPAddress {
        addressOf(family == .ipv4 ? "10.9.0.\(station)" : "fd09::\(station)")
    }

    @Test("multicast reaches the other stations but not the sender; unicast reaches one", arguments: IPFamily.allCases)
    func delivery(family: IPFamily) async throws {
        let lan = try await TestLAN(stations: 3)
        try await withSockets(family, on: lan) { sockets in
            #expect(try await sockets[0].send([1, 2, 3]) == 0)
            let heard = try await sockets[1].heard.take()
            #expect(heard?.bytes == [1, 2, 3])
            let source = try #require(heard?.source)
            // An IPv6 multicast leaves from the link-local address, which needs its link to be answered.
            #expect(family == .ipv4 ? source == Self.address(.ipv4, 1) : source.isLinkLocal)
            #expect(try await sockets[2].heard.take()?.bytes == [1, 2, 3])

            #expect(try await sockets[1].send([4], to: source) == 0)
            #expect(try await sockets[0].heard.take()?.bytes == [4])
            #expect(try await sockets[1].send([5], to: Self.address(family, 3)) == 0)
            #expect(try await sockets[2].heard.take() == .init(bytes: [5], source: Self.address(family, 2)))
            for socket in sockets { #expect(socket.heard.elements.isEmpty) }
        }
    }

    @Test(
        "a datagram with any TTL or hop limit but 255 is not heard",
        arguments: [(IPFamily.ipv4, 1), (.ipv4, 64), (.ipv4, 254), (.ipv6, 1), (.ipv6, 254)])
    func hopLimit(family: IPFamily, limit: Int) async throws {
        let lan = try await TestLAN(stations: 2)
        try await withSockets(family, on: lan) { sockets in
            let destination = Self.address(family, 1)
            let script = { (limit: Int, text: String) in
                """
                python3 -c 'import socket as s; f = s.\(family == .ipv4 ? "AF_INET" : "AF_INET6")
                u = s.socket(f, s.SOCK_DGRAM)
                u.setsockopt(\(family == .ipv4 ? "s.IPPROTO_IP, s.IP_TTL" : "s.IPPROTO_IPV6, s.IPV6_UNICAST_HOPS"), \(limit))
                u.sendto(b"\(text)", ("\(destination)", 7946))'
                """
            }
            try await lan.stations[1].run(script(limit, "far"))
            try await lan.stations[1].run(script(255, "near"))
            let heard = try await sockets[0].heard.take()
            #expect(heard?.bytes == Array("near".utf8))
            #expect(sockets[0].heard.elements.isEmpty)
        }
    }

    @Test("hellos are sent with TTL or hop limit 255", arguments: IPFamily.allCases)
    func sentHopLimit(family: IPFamily) async throws {
        // The filter of the receiver is the proof: it lets nothing else through (above).
        let lan = try await TestLAN(stations: 2)
        try await withSockets(family, on: lan) { sockets in
            _ = try await sockets[0].send([1])
            _ = try await sockets[0].send([2], to: Self.address(family, 2))
            #expect(try await sockets[1].heard.take()?.bytes == [1])
            #expect(try await sockets[1].heard.take()?.bytes == [2])
        }
    }

    @Test("a hello of another link of the node is not heard")
    func otherLink() async throws {
        let lan = try await TestLAN(stations: 2)
        try await lan.node.run("ip link add eth1 type veth peer name far1 && ip address add 10.10.0.1/24 dev eth1")
        try await lan.node.run("ip link set eth1 up && ip link set far1 up")
        try await withSockets(.ipv4, on: lan) { sockets in
            // To itself: the kernel counts that as received on the link that has the address.
            try await lan.node.run(
                "python3 -c 'import socket as s; u = s.socket(s.AF_INET, s.SOCK_DGRAM); u.setsockopt(0, s.IP_TTL, 255); "
                    + "u.sendto(b\"own\", (\"10.10.0.1\", 7946))'")
            _ = try await sockets[1].send([9])
            #expect(try await sockets[0].heard.take() == .init(bytes: [9], source: Self.address(.ipv4, 2)))
            #expect(sockets[0].heard.elements.isEmpty)
        }
    }

    @Test(
        "a link that goes down drops what is sent, and the same socket works when it is up again",
        arguments: IPFamily.allCases)
    func linkDown(family: IPFamily) async throws {
        let lan = try await TestLAN(stations: 2)
        try await withSockets(family, on: lan) { sockets in
            try await lan.node.run("ip link set eth0 down")
            #expect(try await sockets[0].send([1]) == 1)
            try await lan.node.run("ip link set eth0 up && ip address replace fd09::1/64 dev eth0 nodad")
            try await lan.node.run("until ip -6 address show dev eth0 scope link | grep -q fe80; do :; done")
            // Routes and groups come back a moment after the link; hellos are sent again and again, too.
            var isHeard = false
            for _ in 0..<50 where !isHeard {
                _ = try await sockets[0].send([2])
                isHeard = (try? await sockets[1].heard.take(within: .milliseconds(100)) { $0?.bytes == [2] }) != nil
            }
            #expect(isHeard)
            isHeard = false
            for _ in 0..<50 where !isHeard {
                _ = try await sockets[1].send([3])
                isHeard = (try? await sockets[0].heard.take(within: .milliseconds(100)) { $0?.bytes == [3] }) != nil
            }
            #expect(isHeard)
        }
    }

    @Test("multicast leaves from the node's own address, though a VIP stands before it")
    func source() async throws {
        let lan = try await TestLAN(stations: 2)
        try await lan.stations[0].run(
            "ip address add 10.9.0.90/32 dev eth0 scope link noprefixroute valid_lft 60 preferred_lft 0")
        try await withSockets(.ipv4, on: lan) { sockets in
            _ = try await sockets[0].send([1])
            #expect(try await sockets[1].heard.take()?.source == addressOf("10.9.0.90"))
            let first = sockets[0]
            try await first.loop.submit { try first.socket.value.setSource(Self.address(.ipv4, 1)) }.get()
            _ = try await sockets[0].send([2])
            #expect(try await sockets[1].heard.take() == .init(bytes: [2], source: Self.address(.ipv4, 1)))
        }
    }

    @Test("an address of the other family, a link or a port that cannot be had, are told and trap nothing")
    func refusals() async throws {
        let lan = try await TestLAN(stations: 1)
        try await withSockets(.ipv4, on: lan) { sockets in
            #expect(try await sockets[0].send([1], to: addressOf("fd09::2")) == 1)
            #expect(try await sockets[0].send([UInt8](repeating: 0, count: 70_000)) == 2)
            let loop = sockets[0].loop
            let error = try await lan.node.enter {
                #expect(throws: SocketError.self) {
                    _ = try HelloSocket.open(.ipv4, index: 4711, name: "eth9", port: 7946, on: loop) { _ in }
                }
            }
            #expect(error?.description == "cannot open a hello socket on eth9, port 7946: No such device")
        }
    }

    @Test("a closed socket says nothing more, and its port is free")
    func closed() async throws {
        let lan = try await TestLAN(stations: 1)
        try await withSockets(.ipv4, on: lan) { sockets in
            try await sockets[0].close()
            try await sockets[0].loop.submit {}.get()
            #expect(sockets[0].heard.elements.isEmpty)
            #expect(try await lan.node.run("ss -Hlun | wc -l").hasPrefix("0"))
        }
    }

    /// A socket on each station, closed afterwards.
    private func withSockets(
        _ family: IPFamily, on lan: TestLAN, _ body: ([TestHelloSocket]) async throws -> Void
    ) async throws {
        var sockets: [TestHelloSocket] = []
        for station in lan.stations { sockets.append(try await TestHelloSocket(family, on: TestLink(in: station))) }
        try await body(sockets)
        for socket in sockets { try await socket.close() }
    }
}
