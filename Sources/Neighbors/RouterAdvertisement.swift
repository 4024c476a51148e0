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
        ICMPv6.frame(type: 134, from: source, sourceMAC: mac, to: .allNodes) { message in
            message.uint8(0)  // no hop limit to recommend
            message.uint8(0)
            message.uint16(0)  // router lifetime
            message.uint32(0)
            message.uint32(0)
            message.linkLayerAddress(option: 1, mac)
        }
    }
}
