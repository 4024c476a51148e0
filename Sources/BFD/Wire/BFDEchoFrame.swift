package import Addresses
import Wire

/// The frames that the echo function of IPv4 needs (RFC 5881 4): an echo packet has its sender's own address as source and
/// destination, and goes to the peer by its Ethernet address alone, whose forwarding sends it back.
package enum BFDEchoFrame {
    /// The port of echo packets, and that of control packets over one hop.
    private static let ports: (echo: UInt16, control: UInt16) = (3785, 3784)
    /// A source port of the range that RFC 5881 4 wants.
    private static let sourcePort: UInt16 = 49152
    private static let headerLength = 14 + 20 + 8

    /// What a frame that came in is.
    package enum Sighting: Sendable, Hashable {
        /// An echo packet with our address, which is what comes back.
        case echo(payload: [UInt8])
        /// A control packet of the peer: so this is its Ethernet address.
        case peer(MACAddress)
    }

    /// The frame that carries an echo packet.
    package static func encode(
        _ payload: [UInt8], address: IPAddress, from own: MACAddress, to peer: MACAddress
    ) -> [UInt8] {
        var ip = WireWriter(capacity: 20)
        ip.uint16(0x45C0)  // version, header length, CS6
        ip.uint16(UInt16(truncatingIfNeeded: 28 + payload.count))
        ip.uint32(0)
        ip.uint16(0xFF11)  // time to live 255, UDP
        ip.uint16(0)
        ip.append(address.octets)
        ip.append(address.octets)
        ip.patch(uint16: InternetChecksum(of: ip.bytes[...]).value, at: 10)
        var frame = WireWriter(capacity: headerLength + payload.count)
        frame.append(peer.octets)
        frame.append(own.octets)
        frame.uint16(0x0800)
        frame.append(ip.bytes)
        frame.uint16(sourcePort)
        frame.uint16(ports.echo)
        frame.uint16(UInt16(truncatingIfNeeded: 8 + payload.count))
        // a checksum of zero is none, which UDP allows: what comes back is compared byte by byte anyway
        frame.uint16(0)
        frame.append(payload)
        return frame.bytes
    }

    /// Reads a frame; nil if it says nothing of a session between these addresses.
    package static func decode(_ frame: [UInt8], own: IPAddress, peer: IPAddress) -> Sighting? {
        var reader = WireReader(frame)
        do throws(DecodeError) {
            _ = try reader.take(6)
            let sender = MACAddress(octets: try reader.take(6))
            guard try reader.uint16() == 0x0800, try reader.uint8() == 0x45 else { return nil }
            _ = try reader.take(7)
            let hopLimit = try reader.uint8()
            guard try reader.uint8() == 17 else { return nil }
            _ = try reader.uint16()
            let source = IPAddress(octets: try reader.take(4))
            let destination = IPAddress(octets: try reader.take(4))
            _ = try reader.uint16()
            let port = try reader.uint16()
            let length = Int(try reader.uint16())
            _ = try reader.uint16()
            switch (port, source, destination) {
            case (ports.echo, own, own):
                guard length >= 8 else { return nil }
                return .echo(payload: Array(try reader.take(length - 8)))
            case (ports.control, peer, own): return hopLimit == 255 ? sender.map { .peer($0) } : nil
            default: return nil
            }
        } catch { return nil }
    }
}
