import Addresses
import Wire

/// What neighbour discovery messages have in common: their checksum and the headers they travel under.
enum ICMPv6 {
    /// A received message behind its checked headers.
    struct Received {
        var source: MACAddress
        var sender: IPAddress
        var receiver: IPAddress
        /// The fields after type, code and checksum.
        var body: WireReader
    }

    /// Reads a frame down to an ICMPv6 message of that type.
    ///
    /// What RFC 4861 7.1 demands is checked: hop limit 255, checksum, code 0, a length within the packet. Padding after
    /// the IPv6 packet is ignored.
    static func receive(type: UInt8, from reader: inout WireReader) throws(DecodeError) -> Received {
        _ = try reader.mac()
        let source = try reader.mac()
        try reader.expect(0x86DD, field: "EtherType")
        let at = reader.offset
        guard try reader.uint32() >> 28 == 6 else { throw .malformed(offset: at, field: "IP version") }
        let length = Int(try reader.uint16())
        try reader.expect(58 << 8 | 255, field: "next header and hop limit")
        let sender = try reader.ipv6()
        let receiver = try reader.ipv6()
        let messageAt = reader.offset
        let message = Array(try reader.take(length))
        var body = WireReader(message[...], offset: messageAt)
        try body.expect(UInt16(type) << 8, field: "ICMPv6 type and code")
        _ = try body.uint16()
        // Over a message with a right checksum in place, the sum is zero.
        guard checksum(message, from: sender, to: receiver) == 0 else {
            throw .malformed(offset: messageAt + 2, field: "checksum")
        }
        return Received(source: source, sender: sender, receiver: receiver, body: body)
    }

    /// Reads the target of a solicitation or advertisement, which is never multicast (RFC 4861 7.1).
    static func target(from body: inout WireReader) throws(DecodeError) -> IPAddress {
        let at = body.offset
        let target = try body.ipv6()
        guard !target.isMulticast else { throw .malformed(offset: at, field: "target") }
        return target
    }

    /// Reads the options to their end and returns the Ethernet address of the option asked for, if there is one.
    static func linkLayerAddress(
        option wanted: UInt8, from body: inout WireReader
    ) throws(DecodeError) -> MACAddress? {
        var found: MACAddress?
        while body.remaining > 0 {
            let at = body.offset
            let type = try body.uint8()
            let units = Int(try body.uint8())
            guard units > 0 else { throw .malformed(offset: at, field: "option length") }
            let value = try body.take(units * 8 - 2)
            if type == wanted, units == 1 { found = MACAddress(octets: value) }
        }
        return found
    }

    /// The checksum over the pseudo header (RFC 8200 8.1) and the message, whose checksum field is zero.
    static func checksum(_ message: [UInt8], from source: IPAddress, to destination: IPAddress) -> UInt16 {
        var checksum = InternetChecksum()
        checksum.add(source.octets[...])
        checksum.add(destination.octets[...])
        checksum.add(UInt16(truncatingIfNeeded: message.count))
        checksum.add(58)
        checksum.add(message[...])
        return checksum.value
    }

    /// A whole frame: Ethernet, IPv6 with hop limit 255 (RFC 4861: anything less was forwarded and is dropped), message.
    /// - Parameters:
    ///   - destinationMAC: nil for the one of the destination, which is a group then.
    ///   - write: appends what follows type, code and checksum.
    static func frame(
        type: UInt8, from source: IPAddress, sourceMAC: MACAddress, to destination: IPAddress,
        destinationMAC: MACAddress? = nil, _ write: (inout WireWriter) -> Void
    ) -> [UInt8] {
        var message = WireWriter(capacity: 32)
        message.uint8(type)
        message.uint8(0)
        message.uint16(0)  // checksum, below
        write(&message)
        message.patch(uint16: checksum(message.bytes, from: source, to: destination), at: 2)
        var frame = WireWriter(capacity: 54 + message.bytes.count)
        frame.append((destinationMAC ?? destination.multicastMAC).octets)
        frame.append(sourceMAC.octets)
        frame.uint16(0x86DD)
        frame.uint32(0x6000_0000)
        frame.uint16(UInt16(message.bytes.count))
        frame.uint8(58)
        frame.uint8(255)
        frame.append(source.octets)
        frame.append(destination.octets)
        frame.append(message.bytes)
        return frame.bytes
    }
}

extension WireWriter {
    /// A source (1) or target (2) link-layer address option (RFC 4861 4.6.1).
    mutating func linkLayerAddress(option: UInt8, _ mac: MACAddress) {
        uint8(option)
        uint8(1)  // in units of 8 bytes
        append(mac.octets)
    }
}

extension WireReader {
    mutating func ipv6() throws(DecodeError) -> IPAddress {
        IPAddress(v6: UInt128(try uint64()) << 64 | UInt128(try uint64()))
    }
}

extension IPAddress {
    /// ff02::1
    static let allNodes = IPAddress(v6: 0xFF02 << 112 | 1)
    /// ::
    static let unspecifiedV6 = IPAddress(v6: 0)

    /// True for ff00::/8.
    var isMulticast: Bool { bits >> 120 == 0xFF }

    /// The solicited-node multicast address (RFC 4291 2.7.1): ff02::1:ff and the last 24 bits.
    var solicitedNode: IPAddress { IPAddress(v6: 0xFF02 << 112 | 0x1_FF00_0000 | bits & 0xFF_FFFF) }

    /// The Ethernet address of an IPv6 multicast group (RFC 2464 7): 33:33 and the last 32 bits.
    var multicastMAC: MACAddress { MACAddress(bits: 0x3333_0000_0000 | UInt64(truncatingIfNeeded: bits & 0xFFFF_FFFF)) }
}
