package import Addresses
package import Wire

/// What a neighbour advertisement that was heard says: who answers for which address.
package struct AdvertisementSighting: Sendable, Hashable {
    /// The Ethernet source of the frame.
    package var source: MACAddress
    package var target: IPAddress
    /// The target link-layer address, where the advertisement has one, else the Ethernet source.
    package var mac: MACAddress
    package var isSolicited: Bool

    /// Reads a frame that carries an advertisement; anything else is malformed. Hop limit and checksum are checked.
    package init(decoding reader: inout WireReader) throws(DecodeError) {
        _ = try reader.mac()
        source = try reader.mac()
        try reader.expect(0x86DD, field: "EtherType")
        _ = try reader.uint32()
        let length = Int(try reader.uint16())
        try reader.expect(58 << 8 | 255, field: "next header and hop limit")
        guard let sender = IPAddress(octets: try reader.take(16)), let receiver = IPAddress(octets: try reader.take(16))
        else {
            throw .malformed(offset: reader.offset, field: "addresses")
        }
        let at = reader.offset
        let message = Array(try reader.take(length))
        // Over a message with a right checksum in place, the sum is zero.
        guard ICMPv6.checksum(message, from: sender, to: receiver) == 0 else {
            throw .malformed(offset: at, field: "checksum")
        }
        var body = WireReader(message[...], offset: at)
        try body.expect(136 << 8, field: "ICMPv6 type")
        _ = try body.uint16()
        isSolicited = try body.uint32() & 0x4000_0000 != 0
        guard let address = IPAddress(octets: try body.take(16)) else { throw .malformed(offset: at, field: "target") }
        target = address
        mac = source
        while body.remaining >= 8 {
            let optionAt = body.offset
            let type = try body.uint8()
            let units = Int(try body.uint8())
            guard units > 0 else { throw .malformed(offset: optionAt, field: "option length") }
            let value = try body.take(units * 8 - 2)
            if type == 2, let address = MACAddress(octets: value.prefix(6)) { mac = address }
        }
    }
}
