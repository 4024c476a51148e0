import LinkSockets
import NIOCore
import NIOPosix
import SinkReplies
import TestSupport
import Testing

/// A node with the VIP 10.9.0.100 as the proxy method has it, and a client beside it.
struct TestSink: Sendable {
    let lan: TestLAN
    let served = ServedPorts()
    let ends = Mailbox<Int32>()
    var node: NetworkNamespace { lan.node }
    var client: NetworkNamespace { lan.stations[1] }

    init() async throws {
        lan = try await TestLAN(stations: 2)
        try await node.run(
            """
            echo 1 > /proc/sys/net/ipv4/ip_forward && echo 0 > /proc/sys/net/ipv4/neigh/eth0/proxy_delay && \
            ip neigh add proxy 10.9.0.100 dev eth0
            """)
        try await make()
    }

    /// Makes the sink and the route to it.
    func make() async throws {
        try await node.run(
            "ip link add toono0 type dummy 2> /dev/null || ip link add toono0 type ifb; ip link set toono0 up")
        try await route()
    }

    /// The route that goes with the lease, as the speaker writes it.
    func route() async throws {
        try await node.run(
            """
            ip address replace 169.254.77.1/32 dev toono0 valid_lft 600 preferred_lft 600 && \
            ip route replace 10.9.0.100/32 dev toono0 src 169.254.77.1
            """)
    }

    func open(_ responder: SinkResponder = SinkResponder()) async throws -> SinkSocket {
        let text = try await node.run("ip -o link show toono0")
        let index = try #require(Int32(text.prefix { $0 != ":" }), "\(text)")
        let (served, ends, loop) = (served, ends, MultiThreadedEventLoopGroup.singleton.next())
        return try await node.enter {
            try SinkSocket.open(index: index, name: "toono0", served: served, responder: responder, on: loop) {
                ends.post(index)
            }
        }.get()
    }

    /// Runs a script that has the modules of sockets and time, and `vip`.
    static func script(_ body: String) -> String {
        "python3 - <<'END'\nimport errno, socket as s, struct, time\nvip = '10.9.0.100'\n\(body)\nEND\n"
    }

    /// Connects by TCP and prints the error's name and the milliseconds it took.
    static func connect(to port: Int, timeout: Double = 5) -> String {
        script(
            """
            start = time.monotonic()
            try: s.create_connection((vip, \(port)), \(timeout)); print('connected', end=' ')
            except TimeoutError: print('timeout', end=' ')
            except OSError as e: print(errno.errorcode[e.errno], end=' ')
            print(int((time.monotonic() - start) * 1000))
            """)
    }

    /// Sends a UDP datagram and prints the error's name and the milliseconds it took.
    static func send(to port: Int, timeout: Double = 5) -> String {
        script(
            """
            start = time.monotonic()
            u = s.socket(s.AF_INET, s.SOCK_DGRAM)
            u.settimeout(\(timeout)); u.connect((vip, \(port))); u.send(b'hello')
            try: print(u.recv(9), end=' ')
            except TimeoutError: print('timeout', end=' ')
            except OSError as e: print(errno.errorcode[e.errno], end=' ')
            print(int((time.monotonic() - start) * 1000))
            """)
    }
}
