package import Addresses
import Wire

/// A router advertisement (RFC 4861 4.2) of a speaker: it says who is on the link, and that the node is nobody's gateway
/// (router lifetime 0). Routers with unnumbered sessions take connections only from those that advertise themselves.
package struct RouterAdvertisement: Sendable, Hashable {
    /// The own link-local address.
    package var source: IPAddress
    package var mac: MACAddress

    package init(source: IPAddress, mac: MACAddress) {
        self.source = source
        self.mac = mac
    }

    /// The frame as it is sent to all nodes.
    package var frame: [UInt8] {
        var body = WireWriter(capacity: 24)
        body.uint8(134)
        body.uint8(0)
        body.uint16(0)  // checksum, below
        body.uint8(0)  // no hop limit to recommend
        body.uint8(0)
        body.uint16(0)  // router lifetime
        body.uint32(0)
        body.uint32(0)
        body.uint8(1)  // source link-layer address
        body.uint8(1)
        body.append(mac.octets)
        body.patch(uint16: ICMPv6.checksum(body.bytes, from: source, to: .allNodes), at: 2)
        return ICMPv6.frame(
            body.bytes, from: source, sourceMAC: mac, to: .allNodes, destinationMAC: .allNodes)
    }
}

/// A router solicitation (RFC 4861 4.1): asks all routers of a link to advertise themselves now.
package struct RouterSolicitation: Sendable, Hashable {
    /// The own link-local address.
    package var source: IPAddress
    package var mac: MACAddress

    package init(source: IPAddress, mac: MACAddress) {
        self.source = source
        self.mac = mac
    }

    /// The frame as it is sent to all routers.
    package var frame: [UInt8] {
        var body = WireWriter(capacity: 16)
        body.uint8(133)
        body.uint8(0)
        body.uint16(0)
        body.uint32(0)
        body.uint8(1)  // source link-layer address
        body.uint8(1)
        body.append(mac.octets)
        body.patch(uint16: ICMPv6.checksum(body.bytes, from: source, to: .allRouters), at: 2)
        return ICMPv6.frame(
            body.bytes, from: source, sourceMAC: mac, to: .allRouters, destinationMAC: IPAddress.allRouters.multicastMAC
        )
    }
}

extension IPAddress {
    /// ff02::2
    static let allRouters = IPAddress(v6: 0xFF02 << 112 | 2)
}
