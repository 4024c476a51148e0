package import Addresses
import Wire

/// A neighbour solicitation (RFC 4861 4.3): who has an address?
package struct NeighborSolicitation: Sendable, Hashable {
    package var target: IPAddress
    /// The node's own address on the link; or `::`, which proxy entries answer too, and which teaches whoever answers
    /// nothing.
    package var source: IPAddress
    package var mac: MACAddress
    /// The MAC address to ask; nil asks all who may have the target. The IPv6 destination is the solicited-node group in
    /// both cases: a proxy entry answers nothing else unless `proxy_ndp` is on for all devices.
    package var destinationMAC: MACAddress?

    package init(target: IPAddress, source: IPAddress, mac: MACAddress, destinationMAC: MACAddress? = nil) {
        self.target = target
        self.source = source
        self.mac = mac
        self.destinationMAC = destinationMAC
    }

    /// The frame as it is sent.
    package var frame: [UInt8] {
        ICMPv6.frame(
            type: 135, from: source, sourceMAC: mac, to: target.solicitedNode, destinationMAC: destinationMAC
        ) { message in
            message.uint32(0)
            message.append(target.octets)
            // RFC 4861 4.3: nobody to remember, no option
            if source != .unspecifiedV6 { message.linkLayerAddress(option: 1, mac) }
        }
    }
}
