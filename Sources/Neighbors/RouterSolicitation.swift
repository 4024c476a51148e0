package import Addresses
import Wire

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
        ICMPv6.frame(type: 133, from: source, sourceMAC: mac, to: .allRouters) { message in
            message.uint32(0)
            message.linkLayerAddress(option: 1, mac)
        }
    }
}

extension IPAddress {
    /// ff02::2
    static let allRouters = IPAddress(v6: 0xFF02 << 112 | 2)
}
