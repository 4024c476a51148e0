import LinkSockets
import NIOPosix
import SinkReplies
import TestSupport
import Testing

/// Against the kernel of a client: its ping, its TCP and its UDP.
@Suite("Answers from the sink", .serialized)
struct SinkSocketTests {
    private static func port(_ transport: TransportProtocol, _ port: UInt16) -> ServedPort {
        ServedPort(addressOf("10.9.0.100"), transport, port)
    }

    @Test("every ping to the VIP is answered, small and large, from the client and from the node itself")
    func ping() async throws {
        let sink = try await TestSink()
        let socket = try await sink.open()
        for (size, station) in [(56, sink.client), (1400, sink.client), (1472, sink.client), (56, sink.node)] {
            // No more than the socket has room for: a pause of this process must not look like a loss.
            let output = try await station.run("ping -q -c 75 -i 0.004 -W 2 -s \(size) 10.9.0.100")
            #expect(output.contains(" 75 received"), "\(output)")
        }
        #expect((socket.counts.echoReplies, socket.dropped) == (300, 0))
        socket.close()
    }

    @Test("a port that no Service has is refused at once, by TCP and UDP, to the client and to the node itself")
    func refused() async throws {
        let sink = try await TestSink()
        sink.served.ports = [Self.port(.tcp, 80)]
        let socket = try await sink.open()
        for station in [sink.client, sink.node] {
            for command in [TestSink.connect(to: 81), TestSink.send(to: 80)] {
                let words = try await station.run(command).split(separator: " ")
                #expect(words.first == "ECONNREFUSED", "\(words)")
                // A SYN that got no answer is sent again after a second.
                let milliseconds = try #require(words.last.flatMap { Int($0.dropLast()) })
                #expect(milliseconds < 800)
            }
        }
        #expect((socket.counts.resets, socket.counts.portUnreachables) == (2, 2))
        socket.close()
    }

    @Test("a Service's port is dropped without a word, from the moment it is set to the moment it is taken away")
    func served() async throws {
        let sink = try await TestSink()
        sink.served.ports = []
        let socket = try await sink.open()
        #expect(try await sink.client.run(TestSink.connect(to: 80)).hasPrefix("ECONNREFUSED"))
        sink.served.ports = [Self.port(.tcp, 80), Self.port(.udp, 53)]
        #expect(try await sink.client.run(TestSink.connect(to: 80, timeout: 0.4)).hasPrefix("timeout"))
        #expect(try await sink.client.run(TestSink.send(to: 53, timeout: 0.4)).hasPrefix("timeout"))
        #expect((socket.counts.served, socket.counts.resets, socket.counts.portUnreachables) == (2, 1, 0))
        sink.served.ports = []
        #expect(try await sink.client.run(TestSink.connect(to: 80)).hasPrefix("ECONNREFUSED"))
        socket.close()
    }

    @Test("while the ports of Services are not known nothing is refused, and ping is answered")
    func unknown() async throws {
        let sink = try await TestSink()
        let socket = try await sink.open()
        #expect(try await sink.client.run(TestSink.connect(to: 80, timeout: 0.4)).hasPrefix("timeout"))
        try await sink.client.run("ping -q -c 1 -W 2 10.9.0.100")
        #expect((socket.counts.served, socket.counts.resets, socket.counts.echoReplies) == (1, 0, 1))
        socket.close()
    }

    @Test(
        "a packet with few hops left is answered by the VIP one hop behind the node: it does not go round in the node")
    func traceroute() async throws {
        let sink = try await TestSink()
        sink.served.ports = []
        let socket = try await sink.open()
        // IP_RECVERR hands over the ICMP error: type, code and who sent it.
        func trace(_ hops: Int) -> String {
            TestSink.script(
                """
                u = s.socket(s.AF_INET, s.SOCK_DGRAM)
                u.setsockopt(s.IPPROTO_IP, s.IP_TTL, \(hops)); u.setsockopt(s.IPPROTO_IP, 11, 1)
                u.connect((vip, 33434)); u.send(b'probe')
                import select; p = select.poll(); p.register(u, select.POLLERR); p.poll(3000)
                error = u.recvmsg(99, 999, s.MSG_ERRQUEUE)[1][0][2]
                print(error[5], error[6], s.inet_ntoa(error[20:24]))
                """)
        }
        #expect(try await sink.client.run(trace(1)) == "11 0 10.9.0.1\n")
        for hops in [2, 3, 64] { #expect(try await sink.client.run(trace(hops)) == "3 3 10.9.0.100\n") }
        socket.close()
    }

    @Test("what is never answered does not even wake the process: live TCP, replies, later fragments, multicast, IPv6")
    func filtered() async throws {
        let sink = try await TestSink()
        sink.served.ports = []
        let socket = try await sink.open()
        try await sink.node.run("ip address add fd77::1/64 dev toono0 nodad && ip route add 224.9.9.9 dev toono0")
        let flags = [0x10, 0x11, 0x12, 0x04, 0x01, 0x00, 0x3A, 0x13]
        try await sink.client.run(
            TestSink.script(
                """
                raw = s.socket(s.AF_INET, s.SOCK_RAW, s.IPPROTO_RAW)
                def send(protocol, payload, fragment=0):
                    raw.sendto(struct.pack('!BBHHHBBH4s4s', 0x45, 0, 0, 7, fragment, 64, protocol, 0,
                        s.inet_aton('10.9.0.2'), s.inet_aton(vip)) + payload, (vip, 0))
                for flags in \(flags):
                    send(6, struct.pack('!HHIIBBHHH', 4711, 81, 1, 2, 0x50, flags, 99, 0, 0))
                for type in [0, 3, 11, 13]: send(1, struct.pack('!BBHI', type, 0, 0, 0))
                send(17, b'x' * 16, 5)
                send(132, struct.pack('!HHIIBBH', 1, 2, 3, 0, 1, 0, 4))
                """))
        try await sink.node.run(
            TestSink.script(
                """
                s.socket(s.AF_INET, s.SOCK_DGRAM).sendto(b'x', ('224.9.9.9', 9))
                s.socket(s.AF_INET6, s.SOCK_DGRAM).sendto(b'x', ('fd77::2', 9))
                """))
        // In order: what was sent before the ping was read before its answer.
        try await sink.client.run("ping -q -c 1 -W 2 10.9.0.100")
        var expected = SinkCounts()
        expected.echoReplies = 1
        #expect(socket.counts == expected)
        socket.close()
    }

    @Test("GRE and the first packet of an SCTP association are refused as protocols, with what was sent")
    func otherProtocols() async throws {
        let sink = try await TestSink()
        sink.served.ports = []
        let socket = try await sink.open()
        let script = TestSink.script(
            """
            heard = s.socket(s.AF_INET, s.SOCK_RAW, s.IPPROTO_ICMP); heard.settimeout(3)
            for protocol, payload in [(47, b'hello'), (132, struct.pack('!HHIIBBH', 1, 2, 0, 0, 1, 0, 20) + bytes(16))]:
                s.socket(s.AF_INET, s.SOCK_RAW, protocol).sendto(payload, (vip, 0))
                packet = heard.recv(999)
                print(packet[20], packet[21], packet[48:] == payload)
            """)
        #expect(try await sink.client.run(script) == "3 2 True\n3 2 True\n")
        socket.close()
    }

    @Test("a flood is answered up to the limit and costs no more, answered or not; then all is as before")
    func flood() async throws {
        let sink = try await TestSink()
        sink.served.ports = [Self.port(.udp, 53)]
        let socket = try await sink.open(SinkResponder(perSecond: 200, burst: 50))
        let clock = ContinuousClock()
        let start = clock.now
        for port in [9, 53] {
            try await sink.client.run(
                TestSink.script(
                    """
                    u = s.socket(s.AF_INET, s.SOCK_DGRAM)
                    for _ in range(20000): u.sendto(b'flood', (vip, \(port)))
                    """))
        }
        let (counts, seconds) = (socket.counts, (clock.now - start) / .seconds(1))
        let seen = counts.portUnreachables + counts.served
        #expect(counts.portUnreachables >= 50)
        #expect(Double(seen) <= 50 + 200 * seconds)
        // What waits in the buffer may use up the limit of another second.
        var output = ""
        for _ in 0..<20 where !output.contains(" 5 received") {
            output = (try? await sink.client.run("ping -q -c 5 -i 0.02 -W 1 10.9.0.100")) ?? ""
        }
        #expect(output.contains(" 5 received"), "\(output)")
        // The kernel's own queues may have lost some on the way, but not most.
        let all = socket.counts
        #expect((10_000...40_000).contains(all.portUnreachables + all.served + all.limited), "\(all)")
        socket.close()
    }

    @Test("a sink that goes down or is deleted ends the socket with one word, and another can be opened on it")
    func sinkDown() async throws {
        let sink = try await TestSink()
        for command in ["ip link set toono0 down", "ip link del toono0"] {
            let socket = try await sink.open()
            try await sink.client.run("ping -q -c 1 -W 2 10.9.0.100")
            try await sink.node.run(command)
            _ = try await sink.ends.take()
            socket.close()
            try await sink.node.run("ip link set toono0 up 2> /dev/null || true")
            if command.contains("del") { try await sink.make() } else { try await sink.route() }
        }
        let socket = try await sink.open()
        let output = try await sink.client.run("ping -q -c 3 -i 0.01 -W 2 10.9.0.100")
        #expect(output.contains(" 3 received"))
        #expect(sink.ends.elements.isEmpty)
        socket.close()
    }

    @Test("nothing is read once the limit is reached; a sink that goes down then ends the socket just the same")
    func paused() async throws {
        let sink = try await TestSink()
        let socket = try await sink.open(SinkResponder(perSecond: 1, burst: 1))
        let output = try await sink.client.run("ping -q -c 10 -i 0.01 -W 1 10.9.0.100")
        #expect(!output.contains(" 10 received"))
        // The memory of its receive queue: at one packet a second it lasts.
        #expect(try await sink.node.run("awk 'FNR > 1 { print $7 }' /proc/net/packet") != "0\n")
        try await sink.node.run("ip link set toono0 down")
        _ = try await sink.ends.take()
        #expect((1...9).contains(socket.counts.echoReplies))
        socket.close()
    }

    @Test("an answer that the kernel does not take is counted, and the next one goes out")
    func unsent() async throws {
        let sink = try await TestSink()
        let socket = try await sink.open()
        try await sink.node.run("ip rule add from all to 10.9.0.2 iif lo prohibit priority 1")
        _ = try? await sink.client.run("ping -q -c 1 -W 1 10.9.0.100")
        #expect((socket.counts.echoReplies, socket.dropped) == (1, 1))
        try await sink.node.run("ip rule del priority 1")
        try await sink.client.run("ping -q -c 1 -W 2 10.9.0.100")
        #expect((socket.counts.echoReplies, socket.dropped) == (2, 1))
        socket.close()
    }

    @Test("a closed socket answers nothing, says nothing, and leaves no descriptor")
    func closed() async throws {
        let sink = try await TestSink()
        let descriptors = "awk 'FNR > 1' /proc/net/packet /proc/net/raw | wc -l"
        #expect(try await sink.node.run(descriptors) == "0\n")
        let socket = try await sink.open()
        #expect(try await sink.node.run(descriptors) == "2\n")
        socket.close()
        // Closing is the work of the loop; it is done within moments.
        var left = ""
        for _ in 0..<100 where left != "0\n" { left = try await sink.node.run(descriptors) }
        #expect(left == "0\n")
        await #expect(throws: CommandFailure.self) { try await sink.client.run("ping -q -c 1 -W 1 10.9.0.100") }
        #expect(socket.counts == SinkCounts())
        #expect(sink.ends.elements.isEmpty)
    }

    @Test("a sink that is not there is an error that names it")
    func noSink() async throws {
        let node = try await NetworkNamespace()
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let error = try await node.enter {
            #expect(throws: SocketError.self) {
                _ = try SinkSocket.open(index: 4711, name: "toono0", served: ServedPorts(), on: loop) {}
            }
        }
        #expect(error?.description == "cannot open a packet socket on toono0: No such device")
    }
}
