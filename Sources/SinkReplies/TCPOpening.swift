import Wire

/// The segment that opens a TCP connection: SYN without ACK, RST and FIN (RFC 9293 3.5).
///
/// Nothing else of TCP is read. A segment of a live connection comes into the sink too, when connection tracking takes it
/// for invalid and does not translate it; a reset would end a connection that is well.
struct TCPOpening: Sendable, Hashable {
    var sourcePort: UInt16
    var destinationPort: UInt16
    /// What acknowledges all of the segment: SYN counts one, and data may come with it (RFC 7413).
    var acknowledgement: UInt32

    /// Reads the payload of a whole IPv4 datagram; nil for any other segment.
    init?(decoding reader: inout WireReader) throws(DecodeError) {
        let length = reader.remaining
        sourcePort = try reader.uint16()
        destinationPort = try reader.uint16()
        let sequenceNumber = try reader.uint32()
        _ = try reader.uint32()  // acknowledgement number
        let at = reader.offset
        let headerLength = Int(try reader.uint8() >> 4) * 4
        let flags = try reader.uint8()
        _ = try reader.take(6)  // window, checksum, urgent pointer
        guard headerLength >= Self.headerLength, headerLength <= length else {
            throw .malformed(offset: at, field: "TCP data offset")
        }
        guard flags & 0x17 == 0x02 else { return nil }
        acknowledgement = sequenceNumber &+ 1 &+ UInt32(truncatingIfNeeded: length - headerLength)
    }

    /// Of a segment without options.
    static let headerLength = 20
}
