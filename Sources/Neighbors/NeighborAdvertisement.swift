package import Addresses
import Wire

/// A neighbour advertisement (RFC 4861 4.4) under its IPv6 and Ethernet headers.
package struct NeighborAdvertisement: Sendable, Hashable {
    package var target: IPAddress
    package var mac: MACAddress
    /// The sender's address: the announced one itself where the kernel owns it, else a link-local one.
    package var source: IPAddress
    /// True if the sender forwards packets, which every Kubernetes node does.
    package var isRouter: Bool

    package init(target: IPAddress, mac: MACAddress, source: IPAddress, isRouter: Bool = true) {
        self.target = target
        self.mac = mac
        self.source = source
        self.isRouter = isRouter
    }

    /// The unsolicited form: to all nodes, with Override, so that neighbours change the entry they have.
    package var unsolicitedFrame: [UInt8] {
        ICMPv6.frame(type: 136, from: source, sourceMAC: mac, to: .allNodes) { message in
            message.uint32(isRouter ? 0xA000_0000 : 0x2000_0000)
            message.append(target.octets)
            message.linkLayerAddress(option: 2, mac)
        }
    }
}
