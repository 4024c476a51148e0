import Addresses
import Wire

/// What neighbour discovery messages have in common: their checksum and the headers they travel under.
enum ICMPv6 {
    /// The checksum over the pseudo header (RFC 8200 8.1) and the message, whose checksum field is zero.
    static func checksum(_ message: [UInt8], from source: IPAddress, to destination: IPAddress) -> UInt16 {
        var sum: UInt32 = 58 + UInt32(message.count)
        for bytes in [source.octets, destination.octets, message] {
            for index in stride(from: 0, to: bytes.count, by: 2) {
                let low = index + 1 < bytes.count ? UInt32(bytes[index + 1]) : 0
                sum += UInt32(bytes[index]) << 8 | low
            }
        }
        while sum > 0xFFFF { sum = sum & 0xFFFF + sum >> 16 }
        return ~UInt16(sum)
    }

    /// A whole frame: Ethernet, IPv6 with hop limit 255 (RFC 4861: anything less was forwarded and is dropped), message.
    static func frame(
        _ message: [UInt8], from source: IPAddress, sourceMAC: MACAddress, to destination: IPAddress,
        destinationMAC: MACAddress
    ) -> [UInt8] {
        var writer = WireWriter(capacity: 54 + message.count)
        writer.append(destinationMAC.octets)
        writer.append(sourceMAC.octets)
        writer.uint16(0x86DD)
        writer.uint32(0x6000_0000)
        writer.uint16(UInt16(message.count))
        writer.uint8(58)
        writer.uint8(255)
        writer.append(source.octets)
        writer.append(destination.octets)
        writer.append(message)
        return writer.bytes
    }
}
