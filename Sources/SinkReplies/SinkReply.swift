package import Addresses
import Wire

/// What a host that has the VIP would answer to a packet that no Service took.
///
/// Nothing that is answered can itself be an answer, so that no two sinks ever talk to each other: echo replies, resets
/// and ICMP errors draw nothing (RFC 1122 3.2.2, RFC 9293 3.5.2).
package struct SinkReply: Sendable, Hashable {
    /// The answers there are.
    package enum Kind: Sendable, Hashable, CaseIterable {
        /// To an ICMP echo request (RFC 792).
        case echoReply
        /// To the first segment of a TCP connection (RFC 9293 3.5.2).
        case reset
        /// To a UDP datagram (RFC 1122 3.2.2.1).
        case portUnreachable
        /// To any other protocol (RFC 1122 3.2.2.1).
        case protocolUnreachable
    }

    package var kind: Kind
    /// Who is answered.
    package var destination: IPAddress
    /// The whole IPv4 datagram.
    package var datagram: [UInt8]
}

extension SinkReply {
    /// The reply to an echo request: the same identifier, sequence number and data; nil if its checksum is wrong, or for
    /// any other ICMP message.
    static func echoReply(to packet: IPv4Packet) -> SinkReply? {
        guard !packet.isFragment, packet.payload.count >= 8, packet.payload.starts(with: [8, 0]),
            InternetChecksum(of: packet.payload).value == 0
        else { return nil }
        var message = WireWriter(capacity: packet.payload.count)
        message.uint16(0)  // type and code
        message.uint16(0)  // checksum, below
        message.append(packet.payload.dropFirst(4))
        message.patch(uint16: InternetChecksum(of: message.bytes[...]).value, at: 2)
        // The class of the request (RFC 1122 3.2.2.6), without its congestion marks.
        return SinkReply(.echoReply, to: packet, message.bytes, of: 1, trafficClass: packet.trafficClass & 0xFC)
    }

    /// The reset of a connection that a segment with SYN and neither ACK, RST nor FIN opens.
    static func reset(to packet: IPv4Packet, segment: TCPOpening) -> SinkReply {
        var message = WireWriter(capacity: TCPOpening.headerLength)
        message.uint16(segment.destinationPort)
        message.uint16(segment.sourcePort)
        message.uint32(0)
        message.uint32(segment.acknowledgement)
        message.uint16(5 << 12 | 0x14)  // header length in words; RST, ACK
        message.uint16(0)  // window
        message.uint16(0)  // checksum, below
        message.uint16(0)  // urgent pointer
        var checksum = InternetChecksum(of: message.bytes[...])
        checksum.add(packet.destination.octets[...])
        checksum.add(packet.source.octets[...])
        checksum.add(6)
        checksum.add(UInt16(truncatingIfNeeded: message.count))
        message.patch(uint16: checksum.value, at: 16)
        return SinkReply(.reset, to: packet, message.bytes, of: 6, trafficClass: 0, mayBeFragmented: false)
    }

    /// Destination unreachable, with as much of the packet as 576 bytes hold (RFC 1812 4.3.2.3).
    static func unreachable(_ kind: Kind, to packet: IPv4Packet) -> SinkReply {
        let quoted = packet.bytes.prefix(576 - IPv4Packet.headerLength - 8)
        var message = WireWriter(capacity: 8 + quoted.count)
        message.uint16(3 << 8 | (kind == .portUnreachable ? 3 : 2))
        message.uint16(0)  // checksum, below
        message.uint32(0)
        message.append(quoted)
        message.patch(uint16: InternetChecksum(of: message.bytes[...]).value, at: 2)
        // Errors travel as internetwork control (RFC 1812 4.3.2.5).
        return SinkReply(kind, to: packet, message.bytes, of: 1, trafficClass: 0xC0)
    }

    private init(
        _ kind: Kind, to packet: IPv4Packet, _ message: [UInt8], of protocolNumber: UInt8, trafficClass: UInt8,
        mayBeFragmented: Bool = true
    ) {
        self.kind = kind
        destination = packet.source
        datagram = IPv4Packet.datagram(
            message, of: protocolNumber, from: packet.destination, to: packet.source, trafficClass: trafficClass,
            mayBeFragmented: mayBeFragmented)
    }
}
