import Addresses
import SinkReplies
import Testing
import Wire

/// A packet to 10.9.0.100 and what Linux 6.18, having that address, answered: recorded on a veth pair.
struct Exchange: Sendable, CustomTestStringConvertible {
    var testDescription: String
    var request: [UInt8]
    var answer: [UInt8]
    var kind: SinkReply.Kind
    /// The port that was asked for.
    var served: ServedPort?

    private init(
        _ name: String, _ kind: SinkReply.Kind, request: String, answer: String, data: [UInt8] = [],
        served: ServedPort? = nil
    ) {
        testDescription = name
        self.kind = kind
        self.request = hex(request) + data
        self.answer = hex(answer) + (kind == .portUnreachable ? data : [])
        self.served = served
    }

    static let vip = IPAddress(v4: 0x0A09_0064)

    static let all = [
        Exchange(
            "echo request of 21 bytes, class 0x28", .echoReply,
            request: """
                45280031 1ddd4000 40010850 0a090002 0a090064 \
                0800d473 01530001 bc79076b00000000 222f060000000000 1011121314
                """,
            answer: """
                45280031 52e70000 40011346 0a090064 0a090002 \
                0000dc73 01530001 bc79076b00000000 222f060000000000 1011121314
                """),
        Exchange(
            "TCP SYN with options", .reset,
            request: """
                4500003c 885e4000 40069de6 0a090002 0a090064 \
                c9ac0051 32a4a5aa 00000000 a002faf0 14a60000 020405b40402080afd9205ea000000000103030a
                """,
            answer: "45000028 00004000 40062659 0a090064 0a090002 0051c9ac 00000000 32a4a5ab 50140000 f90b0000",
            served: ServedPort(vip, .tcp, 81)),
        Exchange(
            "UDP datagram of 33 bytes", .portUnreachable,
            request: "4500003d 39cc4000 4011ec6c 0a090002 0a090064 e1a60052 002914b2",
            answer: """
                45c00059 559b0000 40010fd2 0a090064 0a090002 030306a1 00000000 \
                4500003d 39cc4000 4011ec6c 0a090002 0a090064 e1a60052 002914b2
                """, data: [UInt8](repeating: 0x78, count: 33), served: ServedPort(vip, .udp, 82)),
        // The answer holds 520 bytes of the data and ends.
        Exchange(
            "UDP datagram of 1024 bytes", .portUnreachable,
            request: "4500041c 069e4000 40111bbc 0a090002 0a090064 83150052 04081891",
            answer: """
                45c00240 56ba0000 40010ccc 0a090064 0a090002 0303d06c 00000000 \
                4500041c 069e4000 40111bbc 0a090002 0a090064 83150052 04081891
                """, data: (0..<1024).map { UInt8(truncatingIfNeeded: $0) }, served: ServedPort(vip, .udp, 82)),
        Exchange(
            "GRE", .protocolUnreachable,
            request: "45000019 8a524000 402f9bec 0a090002 0a090064 68656c6c6f",
            answer: """
                45c00035 579a0000 40010df7 0a090064 0a090002 0302b92b 00000000 \
                45000019 8a524000 402f9bec 0a090002 0a090064 68656c6c6f
                """),
    ]
}

/// Bytes from hexadecimal digits; spaces set fields apart.
func hex(_ text: String) -> [UInt8] {
    let digits = text.compactMap(\.hexDigitValue)
    return stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
}

/// Writes an IPv4 packet with a right header checksum.
struct PacketMaker {
    var source = IPAddress(v4: 0x0A09_0002)
    var destination = Exchange.vip
    var transport: UInt8 = 17
    /// Flags and fragment offset as they stand in the header.
    var fragment: UInt16 = 0
    var options: [UInt8] = []
    /// In words; nil for what it should be.
    var headerLength: UInt8?
    var version: UInt8 = 4
    /// Nil for what it should be.
    var totalLength: UInt16?
    var payload: [UInt8] = []

    var bytes: [UInt8] {
        let length = 20 + options.count
        var writer = WireWriter()
        writer.uint8(version << 4 | (headerLength ?? UInt8(length / 4)))
        writer.uint8(0)
        writer.uint16(totalLength ?? UInt16(length + payload.count))
        writer.uint16(0x1234)
        writer.uint16(fragment)
        writer.uint8(63)
        writer.uint8(transport)
        writer.uint16(0)
        writer.append(source.octets)
        writer.append(destination.octets)
        writer.append(options)
        writer.patch(uint16: InternetChecksum(of: writer.bytes[...]).value, at: 10)
        writer.append(payload)
        return writer.bytes
    }

    static func udp(port: UInt16 = 9, length: UInt16 = 12) -> PacketMaker {
        var writer = WireWriter()
        for field in [4711, port, length, 0] { writer.uint16(field) }
        writer.append([1, 2, 3, 4])
        return PacketMaker(payload: writer.bytes)
    }

    static func tcp(flags: UInt8, data: [UInt8] = [], headerWords: UInt8 = 5, sequence: UInt32 = 1000) -> PacketMaker {
        var writer = WireWriter()
        writer.uint32(0x1267_0009)
        writer.uint32(sequence)
        writer.uint32(7)
        writer.append([headerWords << 4, flags, 1, 0, 0, 0, 0, 0])
        writer.append(data)
        return PacketMaker(transport: 6, payload: writer.bytes)
    }

    static func icmp(type: UInt8, code: UInt8 = 0) -> PacketMaker {
        var writer = WireWriter()
        writer.append([type, code, 0, 0, 0, 1, 0, 2] + Array("data".utf8))
        writer.patch(uint16: InternetChecksum(of: writer.bytes[...]).value, at: 2)
        return PacketMaker(transport: 1, payload: writer.bytes)
    }

    static func sctp(tag: UInt32 = 0, chunk: UInt8 = 1) -> PacketMaker {
        var writer = WireWriter()
        writer.uint32(0x1267_0009)
        writer.uint32(tag)
        writer.uint32(0)
        writer.append([chunk, 0, 0, 20] + [UInt8](repeating: 1, count: 16))
        return PacketMaker(transport: 132, payload: writer.bytes)
    }
}
