import Wire

/// A BFD control packet without authentication (RFC 5880 4.1): the payload of one UDP datagram to port 3784 (one hop)
/// or 4784 (more). Intervals are microseconds, as on the wire.
package struct BFDMessage: Sendable, Hashable {
    /// The length in bytes.
    package static let length = 24

    /// Single bits of the second byte. The A bit and the M bit are never sent, and refused.
    package struct Flags: OptionSet, Sendable, Hashable {
        package let rawValue: UInt8
        package init(rawValue: UInt8) { self.rawValue = rawValue }

        /// P: the sender waits for a packet with F.
        package static let poll = Flags(rawValue: 0x20)
        /// F: the answer to a packet with P.
        package static let final = Flags(rawValue: 0x10)
        /// C: the sender's BFD goes on when its control plane ends.
        package static let controlPlaneIndependent = Flags(rawValue: 0x08)
        /// D: the sender wants no periodic packets once both ends are Up.
        package static let demand = Flags(rawValue: 0x02)

        static let all: Flags = [.poll, .final, .controlPlaneIndependent, .demand]
    }

    package var diagnostic: BFDDiagnostic
    package var state: BFDState
    package var flags: Flags
    /// Intervals of silence after which the sender is to be taken for gone; never 0.
    package var detectMultiplier: UInt8
    /// The sender's name for the session; never 0.
    package var myDiscriminator: UInt32
    /// The receiver's name for it, 0 while the sender does not know it.
    package var yourDiscriminator: UInt32
    /// The sender does not want to send more often.
    package var desiredMinTransmit: UInt32
    /// The sender cannot receive more often; 0 if it wants no periodic packets at all.
    package var requiredMinReceive: UInt32
    /// The sender cannot loop echo packets more often; 0 if it loops none.
    package var requiredMinEchoReceive: UInt32

    /// A packet of these fields.
    package init(
        state: BFDState, diagnostic: BFDDiagnostic = .none, flags: Flags = [], detectMultiplier: UInt8 = 3,
        myDiscriminator: UInt32, yourDiscriminator: UInt32 = 0, desiredMinTransmit: UInt32 = 1_000_000,
        requiredMinReceive: UInt32 = 1_000_000, requiredMinEchoReceive: UInt32 = 0
    ) {
        self.diagnostic = diagnostic
        self.state = state
        self.flags = flags
        self.detectMultiplier = detectMultiplier
        self.myDiscriminator = myDiscriminator
        self.yourDiscriminator = yourDiscriminator
        self.desiredMinTransmit = desiredMinTransmit
        self.requiredMinReceive = requiredMinReceive
        self.requiredMinEchoReceive = requiredMinEchoReceive
    }

    /// The datagram's payload.
    package var encoded: [UInt8] {
        var writer = WireWriter(capacity: Self.length)
        writer.uint8(1 << 5 | diagnostic.rawValue)
        writer.uint8(state.rawValue << 6 | flags.intersection(.all).rawValue)
        writer.uint8(detectMultiplier)
        writer.uint8(UInt8(Self.length))
        for field in [
            myDiscriminator, yourDiscriminator, desiredMinTransmit, requiredMinReceive, requiredMinEchoReceive,
        ] { writer.uint32(field) }
        return writer.bytes
    }

    /// Reads a datagram's payload, with those checks of RFC 5880 6.8.6, in its order, that need no session. Bytes after
    /// the packet's own length are ignored.
    package init(decoding payload: [UInt8]) throws(BFDError) {
        guard let first = payload.first else { throw .length(0) }
        guard first >> 5 == 1 else { throw .version(first >> 5) }
        var reader = WireReader(payload)
        do throws(DecodeError) { self = try Self(&reader) } catch { throw .length(payload.count) }
        let (flags, length) = (payload[1], Int(payload[3]))
        guard length >= Self.length, length <= payload.count else { throw .length(length) }
        guard detectMultiplier > 0 else { throw .multiplier }
        guard flags & 0x01 == 0 else { throw .multipoint }
        guard myDiscriminator > 0 else { throw .myDiscriminator }
        // A packet with authentication for sessions that have none: RFC 5880 6.8.6 wants it dropped.
        guard flags & 0x04 == 0 else { throw .authentication }
    }

    private init(_ reader: inout WireReader) throws(DecodeError) {
        diagnostic = BFDDiagnostic(rawValue: try reader.uint8())
        let second = try reader.uint8()
        // Two bits, all four values of which are states.
        state = BFDState(rawValue: second >> 6) ?? .down
        flags = Flags(rawValue: second).intersection(.all)
        detectMultiplier = try reader.uint8()
        _ = try reader.uint8()
        myDiscriminator = try reader.uint32()
        yourDiscriminator = try reader.uint32()
        desiredMinTransmit = try reader.uint32()
        requiredMinReceive = try reader.uint32()
        requiredMinEchoReceive = try reader.uint32()
    }
}
