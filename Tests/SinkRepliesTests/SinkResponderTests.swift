import Addresses
import SinkReplies
import Testing
import Timing
import Wire

@Suite("Answers for what comes into the sink")
struct SinkResponderTests {
    private static let start = Instant(nanoseconds: 1_000_000_000)

    private static func reply(to packet: [UInt8], served: Set<ServedPort>? = []) -> SinkReply? {
        var responder = SinkResponder()
        return responder.reply(to: packet[...], served: served, at: start)
    }

    @Test("each is answered as the kernel of a host that has the address answers", arguments: Exchange.all)
    func golden(exchange: Exchange) throws {
        let reply = try #require(Self.reply(to: exchange.request))
        #expect(reply.kind == exchange.kind)
        #expect(reply.destination == IPAddress("10.9.0.2"))
        #expect(InternetChecksum(of: reply.datagram[..<20]).value == 0)
        // The kernel chooses the identification of what may be fragmented, and so its header checksum.
        func comparable(_ bytes: [UInt8]) -> [UInt8] { Array(bytes[..<4] + bytes[6..<10] + bytes[12...]) }
        let expected = exchange.answer.prefix(Int(exchange.answer[2]) << 8 | Int(exchange.answer[3]))
        #expect(comparable(reply.datagram) == comparable(Array(expected)))
    }

    @Test("a packet cut at any byte draws nothing", arguments: Exchange.all)
    func truncated(exchange: Exchange) {
        for length in 0..<exchange.request.count {
            #expect(Self.reply(to: Array(exchange.request[..<length])) == nil, "\(length)")
        }
    }

    @Test("padding behind the packet is ignored, and not echoed or quoted", arguments: Exchange.all)
    func padded(exchange: Exchange) {
        #expect(Self.reply(to: exchange.request + [1, 2, 3]) == Self.reply(to: exchange.request))
    }

    @Test("any single wrong bit of the header draws nothing", arguments: Exchange.all)
    func corruptHeader(exchange: Exchange) {
        for bit in 0..<160 {
            var packet = exchange.request
            packet[bit / 8] ^= 1 << (bit % 8)
            #expect(Self.reply(to: packet) == nil, "bit \(bit)")
        }
    }

    @Test("any single wrong bit of an echo request draws nothing")
    func corruptEcho() {
        let request = PacketMaker.icmp(type: 8).bytes
        #expect(Self.reply(to: request)?.kind == .echoReply)
        for bit in 160..<request.count * 8 {
            var packet = request
            packet[bit / 8] ^= 1 << (bit % 8)
            #expect(Self.reply(to: packet) == nil, "bit \(bit)")
        }
    }

    @Test("no answer draws an answer, so that nothing goes to and fro", arguments: Exchange.all)
    func answersAreFinal(exchange: Exchange) throws {
        let reply = try #require(Self.reply(to: exchange.request))
        #expect(Self.reply(to: reply.datagram) == nil)
        #expect(Self.reply(to: exchange.answer) == nil)
    }

    @Test(
        "a port of a Service is dropped and counted; the same port of another address is refused",
        arguments: Exchange.all)
    func served(exchange: Exchange) throws {
        guard let port = exchange.served else { return }
        var responder = SinkResponder()
        var reply = responder.reply(to: exchange.request[...], served: [port], at: Self.start)
        #expect(reply == nil)
        #expect(responder.counts.served == 1)
        var other = port
        other.address = try #require(IPAddress("10.9.0.101"))
        reply = responder.reply(to: exchange.request[...], served: [other], at: Self.start)
        #expect(reply?.kind == exchange.kind)
        other = port
        other.transport = port.transport == .tcp ? .udp : .tcp
        reply = responder.reply(to: exchange.request[...], served: [other], at: Self.start)
        #expect(reply?.kind == exchange.kind)
        #expect(responder.counts.resets + responder.counts.portUnreachables == 2)
    }

    @Test("while the ports of Services are not known, no port is refused, and echo requests are answered")
    func unknown() {
        for packet in [PacketMaker.udp(), .tcp(flags: 2), .sctp()] {
            #expect(Self.reply(to: packet.bytes) != nil)
            #expect(Self.reply(to: packet.bytes, served: nil) == nil)
        }
        #expect(Self.reply(to: PacketMaker.icmp(type: 8).bytes, served: nil)?.kind == .echoReply)
    }

    @Test("of all flags of TCP, only SYN without ACK, RST and FIN is answered", arguments: UInt8.min...UInt8.max)
    func tcpFlags(flags: UInt8) {
        let reply = Self.reply(to: PacketMaker.tcp(flags: flags).bytes)
        #expect((reply?.kind == .reset) == (flags & 0b1_0111 == 0b0_0010))
    }

    @Test(
        "a reset acknowledges the SYN and the data that came with it, around the end of sequence numbers",
        arguments: [(1000, 0, 1001), (1000, 5, 1006), (.max, 0, 0), (.max - 2, 5, 3)] as [(UInt32, Int, UInt32)])
    func acknowledgement(sequence: UInt32, data: Int, expected: UInt32) throws {
        let packet = PacketMaker.tcp(flags: 2, data: Array(repeating: 1, count: data), sequence: sequence)
        let reset = try #require(Self.reply(to: packet.bytes)).datagram
        #expect(reset[28..<32].reduce(0) { $0 << 8 | UInt32($1) } == expected)
    }

    @Test(
        "a TCP header that is shorter than 20 bytes or longer than the packet draws nothing", arguments: [0, 4, 6, 15])
    func tcpHeaderLength(words: UInt8) {
        #expect(Self.reply(to: PacketMaker.tcp(flags: 2, headerWords: words).bytes) == nil)
    }

    @Test(
        "a UDP length that is less than its header or more than the packet draws nothing", arguments: [0, 7, 13, .max])
    func udpLength(length: UInt16) {
        #expect(Self.reply(to: PacketMaker.udp(length: length).bytes) == nil)
    }

    @Test("of ICMP only the echo request is answered", arguments: UInt8.min...UInt8.max)
    func icmpTypes(type: UInt8) {
        #expect((Self.reply(to: PacketMaker.icmp(type: type).bytes) != nil) == (type == 8))
        #expect(Self.reply(to: PacketMaker.icmp(type: type, code: 1).bytes) == nil)
    }

    @Test("of SCTP only the packet that begins an association is refused, and not at a Service's port")
    func sctp() {
        let port = ServedPort(Exchange.vip, .sctp, 9)
        #expect(Self.reply(to: PacketMaker.sctp().bytes)?.kind == .protocolUnreachable)
        #expect(Self.reply(to: PacketMaker.sctp().bytes, served: [port]) == nil)
        #expect(Self.reply(to: PacketMaker.sctp(tag: 5).bytes) == nil)
        #expect(Self.reply(to: PacketMaker.sctp(chunk: 0).bytes) == nil)
    }

    @Test(
        "nothing is answered to or for an address that is no single host's",
        arguments: [
            "0.0.0.0", "0.1.2.3", "127.0.0.1", "127.255.0.1", "224.0.0.1", "239.255.255.255", "240.0.0.1",
            "255.255.255.255",
        ])
    func hosts(text: String) throws {
        let address = try #require(IPAddress(text))
        for packet in [PacketMaker.udp(), .tcp(flags: 2), .icmp(type: 8), PacketMaker(transport: 47)] {
            var (from, to) = (packet, packet)
            from.source = address
            to.destination = address
            #expect(Self.reply(to: packet.bytes) != nil)
            #expect(Self.reply(to: from.bytes) == nil)
            #expect(Self.reply(to: to.bytes) == nil)
        }
    }

    @Test("a packet from the VIP to itself draws nothing")
    func land() {
        var packet = PacketMaker.tcp(flags: 2)
        packet.source = packet.destination
        #expect(Self.reply(to: packet.bytes) == nil)
    }

    @Test("the node itself is answered: its packets to a VIP come from the link-local address of the lease")
    func node() throws {
        var packet = PacketMaker.icmp(type: 8)
        packet.source = try #require(IPAddress("169.254.77.1"))
        #expect(Self.reply(to: packet.bytes)?.destination == packet.source)
    }

    @Test("of a fragmented packet the first fragment draws an error, where its port is known, and nothing else")
    func fragments() {
        let cases: [(PacketMaker, SinkReply.Kind?)] = [
            (.udp(length: 4000), .portUnreachable), (PacketMaker(transport: 47), .protocolUnreachable),
            (.icmp(type: 8), nil), (.tcp(flags: 2), nil),
        ]
        for (packet, expected) in cases {
            var (first, second, last) = (packet, packet, packet)
            first.fragment = 0x2000
            second.fragment = 0x2001
            last.fragment = 0x0001
            #expect(Self.reply(to: first.bytes)?.kind == expected)
            #expect(Self.reply(to: second.bytes) == nil)
            #expect(Self.reply(to: last.bytes) == nil)
        }
    }

    @Test("options are read over and quoted; a header that claims the wrong length or version draws nothing")
    func headers() throws {
        var packet = PacketMaker.udp()
        packet.options = [UInt8](repeating: 1, count: 40)
        let reply = try #require(Self.reply(to: packet.bytes))
        #expect(Array(reply.datagram[28...]) == packet.bytes)
        for length in 0..<5 {
            var short = PacketMaker.udp()
            short.headerLength = UInt8(length)
            #expect(Self.reply(to: short.bytes) == nil)
        }
        for version in [0, 5, 6, 15] as [UInt8] {
            var other = PacketMaker.udp()
            other.version = version
            #expect(Self.reply(to: other.bytes) == nil)
        }
        for length in [0, 19, 20, 27, 33, .max] as [UInt16] {
            var other = PacketMaker.udp()
            other.totalLength = length
            #expect(Self.reply(to: other.bytes) == nil, "\(length)")
        }
    }

    @Test("an error never exceeds 576 bytes, and holds all of what is shorter", arguments: [547, 548, 549, 9000])
    func quoted(length: Int) throws {
        let packet = PacketMaker(transport: 47, payload: [UInt8](repeating: 9, count: length - 20)).bytes
        let error = try #require(Self.reply(to: packet)).datagram
        #expect(error.count == min(length, 548) + 28)
        #expect(error[28...] == packet.prefix(548))
        #expect(InternetChecksum(of: error[20...]).value == 0)
    }

    @Test("packets above the limit are dropped and counted, answered or not, until the deadline")
    func limit() throws {
        var responder = SinkResponder(perSecond: 1000, burst: 20)
        let (echo, junk) = (PacketMaker.icmp(type: 8).bytes, [UInt8](repeating: 0, count: 40))
        for index in 0..<20 {
            #expect(responder.nextDeadline == nil)
            let reply = responder.reply(to: (index % 2 == 0 ? echo : junk)[...], served: [], at: Self.start)
            #expect((reply != nil) == (index % 2 == 0))
        }
        let deadline = try #require(responder.nextDeadline)
        #expect(deadline == Self.start + .milliseconds(10))
        let early = deadline - .nanoseconds(1)
        var reply = responder.reply(to: echo[...], served: [], at: early)
        #expect(reply == nil)
        #expect(responder.nextDeadline == deadline)
        reply = responder.reply(to: echo[...], served: [], at: deadline)
        #expect(reply != nil)
        #expect(responder.nextDeadline == nil)
        responder.missed(5)
        let counts = responder.counts
        #expect((counts.echoReplies, counts.ignored, counts.limited) == (11, 10, 6))
    }
}
