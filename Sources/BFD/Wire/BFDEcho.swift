import Wire

/// The payload of an echo packet (RFC 5880 5: what stands in it is its sender's own business). The peer sends it back
/// as it is, so it names the session and carries what nobody off the path can guess.
package struct BFDEcho: Sendable, Hashable {
    /// The length in bytes.
    package static let length = 20
    /// "TOOE"
    private static let magic: UInt32 = 0x544F_4F45

    /// Our discriminator of the session.
    package var discriminator: UInt32
    /// The number of the packet, from 1.
    package var sequence: UInt32
    /// Drawn for the session.
    package var nonce: UInt64

    package init(discriminator: UInt32, sequence: UInt32, nonce: UInt64) {
        self.discriminator = discriminator
        self.sequence = sequence
        self.nonce = nonce
    }

    /// The datagram's payload.
    package var encoded: [UInt8] {
        var writer = WireWriter(capacity: Self.length)
        writer.uint32(Self.magic)
        writer.uint32(discriminator)
        writer.uint32(sequence)
        writer.uint64(nonce)
        return writer.bytes
    }

    /// Reads a datagram's payload; whatever is no echo packet of this kind is refused.
    package init(decoding payload: [UInt8]) throws(BFDError) {
        var reader = WireReader(payload)
        do throws(DecodeError) {
            guard payload.count == Self.length, try reader.uint32() == Self.magic else { throw Self.foreign }
            discriminator = try reader.uint32()
            sequence = try reader.uint32()
            nonce = try reader.uint64()
        } catch { throw .echo }
    }

    private static let foreign = DecodeError.malformed(offset: 0, field: "echo")
}
