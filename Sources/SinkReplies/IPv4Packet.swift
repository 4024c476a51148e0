package import Addresses
package import Wire

/// An IPv4 datagram with a header that is right (RFC 791, RFC 1812 5.2.2).
package struct IPv4Packet: Sendable, Hashable {
    /// Differentiated services and congestion notification.
    package var trafficClass: UInt8
    package var timeToLive: UInt8
    /// The number of the protocol that the payload is of.
    package var protocolNumber: UInt8
    package var source: IPAddress
    package var destination: IPAddress
    /// In bytes.
    package var fragmentOffset: Int
    package var hasMoreFragments: Bool
    package var payload: ArraySlice<UInt8>
    /// Header, options and payload as they came.
    package var bytes: ArraySlice<UInt8>

    /// Reads a datagram; what stands behind its total length is padding of the link and left alone.
    package init(decoding reader: inout WireReader) throws(DecodeError) {
        let start = reader.offset
        var whole = reader
        let versionAndLength = try reader.uint8()
        guard versionAndLength >> 4 == 4 else { throw .malformed(offset: start, field: "IP version") }
        let headerLength = Int(versionAndLength & 0xF) * 4
        guard headerLength >= Self.headerLength else { throw .malformed(offset: start, field: "IP header length") }
        trafficClass = try reader.uint8()
        let totalLength = Int(try reader.uint16())
        guard totalLength >= headerLength else { throw .malformed(offset: start + 2, field: "IP total length") }
        _ = try reader.uint16()  // identification
        let fragment = try reader.uint16()
        hasMoreFragments = fragment & 0x2000 != 0
        fragmentOffset = Int(fragment & 0x1FFF) * 8
        timeToLive = try reader.uint8()
        protocolNumber = try reader.uint8()
        _ = try reader.uint16()  // checksum, below
        source = IPAddress(v4: try reader.uint32())
        destination = IPAddress(v4: try reader.uint32())
        _ = try reader.take(headerLength - Self.headerLength)  // options
        payload = try reader.take(totalLength - headerLength)
        bytes = try whole.take(totalLength)
        guard InternetChecksum(of: bytes.prefix(headerLength)).value == 0 else {
            throw .malformed(offset: start + 10, field: "IP header checksum")
        }
    }

    /// Of a header without options.
    static let headerLength = 20

    /// True for a part of a datagram, the first or a later one.
    package var isFragment: Bool { hasMoreFragments || fragmentOffset > 0 }

    /// A datagram without options that is no fragment.
    /// - Parameter mayBeFragmented: false sets the Don't Fragment flag. If true, the kernel chooses an identification in place
    ///   of the 0 that stands here.
    static func datagram(
        _ payload: [UInt8], of protocolNumber: UInt8, from source: IPAddress, to destination: IPAddress,
        trafficClass: UInt8, timeToLive: UInt8 = 64, mayBeFragmented: Bool
    ) -> [UInt8] {
        var writer = WireWriter(capacity: headerLength + payload.count)
        writer.uint8(0x45)
        writer.uint8(trafficClass)
        writer.uint16(UInt16(truncatingIfNeeded: headerLength + payload.count))
        writer.uint16(0)
        writer.uint16(mayBeFragmented ? 0 : 0x4000)
        writer.uint8(timeToLive)
        writer.uint8(protocolNumber)
        writer.uint16(0)  // checksum, below
        writer.append(source.octets)
        writer.append(destination.octets)
        writer.patch(uint16: InternetChecksum(of: writer.bytes[...]).value, at: 10)
        writer.append(payload)
        return writer.bytes
    }
}
