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
        var body = WireWriter(capacity: 32)
        body.uint8(136)
        body.uint8(0)
        body.uint16(0)  // checksum, below
        body.uint32(isRouter ? 0xA000_0000 : 0x2000_0000)
        body.append(target.octets)
        body.uint8(2)  // target link-layer address
        body.uint8(1)  // in units of 8 bytes
        body.append(mac.octets)
        body.patch(uint16: ICMPv6.checksum(body.bytes, from: source, to: .allNodes), at: 2)
        return ICMPv6.frame(
            body.bytes, from: source, sourceMAC: mac, to: .allNodes, destinationMAC: .allNodes)
    }
}

extension IPAddress {
    /// ff02::1
    static let allNodes = IPAddress(v6: 0xFF02 << 112 | 1)

    /// The solicited-node multicast address (RFC 4291 2.7.1): ff02::1:ff and the last 24 bits.
    var solicitedNode: IPAddress { IPAddress(v6: 0xFF02 << 112 | 0x1_FF00_0000 | bits & 0xFF_FFFF) }

    /// The Ethernet address of an IPv6 multicast group (RFC 2464 7): 33:33 and the last 32 bits.
    var multicastMAC: MACAddress { MACAddress(bits: 0x3333_0000_0000 | UInt64(truncatingIfNeeded: bits & 0xFFFF_FFFF)) }
}

extension MACAddress {
    /// 33:33:00:00:00:01
    static let allNodes = IPAddress.allNodes.multicastMAC
}
