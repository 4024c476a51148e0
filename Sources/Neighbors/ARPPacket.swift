package import Addresses
package import Wire

/// An ARP packet for IPv4 over Ethernet (RFC 826) with the Ethernet header it travels under. Its addresses are IPv4.
package struct ARPPacket: Sendable, Hashable {
    /// What an ARP packet is for.
    package enum Operation: UInt16, Sendable, Hashable { case request = 1, reply = 2 }

    package var destination: MACAddress
    package var source: MACAddress
    package var operation: Operation
    package var senderMAC: MACAddress
    package var senderIP: IPAddress
    package var targetMAC: MACAddress
    package var targetIP: IPAddress

    /// The length of the frame without padding: 14 + 28 bytes.
    package static let length = 42

    package init(
        destination: MACAddress, source: MACAddress, operation: Operation, senderMAC: MACAddress, senderIP: IPAddress,
        targetMAC: MACAddress, targetIP: IPAddress
    ) {
        self.destination = destination
        self.source = source
        self.operation = operation
        self.senderMAC = senderMAC
        self.senderIP = senderIP
        self.targetMAC = targetMAC
        self.targetIP = targetIP
    }

    /// Reads a frame; padding after the packet is ignored.
    package init(decoding reader: inout WireReader) throws(DecodeError) {
        destination = try reader.mac()
        source = try reader.mac()
        try reader.expect(0x0806, field: "EtherType")
        try reader.expect(1, field: "hardware type")
        try reader.expect(0x0800, field: "protocol type")
        try reader.expect(0x0604, field: "address lengths")
        let at = reader.offset
        guard let known = Operation(rawValue: try reader.uint16()) else {
            throw .malformed(offset: at, field: "operation")
        }
        operation = known
        senderMAC = try reader.mac()
        senderIP = IPAddress(v4: try reader.uint32())
        targetMAC = try reader.mac()
        targetIP = IPAddress(v4: try reader.uint32())
    }

    /// The frame as it is sent; the driver pads it to 60 bytes.
    package var frame: [UInt8] {
        var writer = WireWriter(capacity: Self.length)
        writer.mac(destination)
        writer.mac(source)
        writer.uint16(0x0806)
        writer.uint16(1)
        writer.uint16(0x0800)
        writer.uint16(0x0604)
        writer.uint16(operation.rawValue)
        writer.mac(senderMAC)
        writer.uint32(UInt32(truncatingIfNeeded: senderIP.bits))
        writer.mac(targetMAC)
        writer.uint32(UInt32(truncatingIfNeeded: targetIP.bits))
        return writer.bytes
    }
}

extension ARPPacket {
    /// True for what tells of the sender's own address (RFC 5227 3), in either form.
    package var isGratuitous: Bool { senderIP == targetIP }

    /// The two forms of gratuitous ARP, both broadcast, both with sender address = target address = the address told of.
    ///
    /// The reply form has the target hardware address equal to the sender's: Linux ignores any other reply for an entry
    /// younger than `locktime` (one second).
    package static func gratuitous(_ address: IPAddress, mac: MACAddress) -> [ARPPacket] {
        [(Operation.request, MACAddress.zero), (.reply, mac)].map { operation, target in
            ARPPacket(
                destination: .broadcast, source: mac, operation: operation, senderMAC: mac, senderIP: address,
                targetMAC: target,
                targetIP: address)
        }
    }

    /// A question who has an address. Asked with the node's own address as sender, never 0.0.0.0 as in RFC 5227: the kernel
    /// does not answer that for a proxy entry. To one MAC address it is the second opinion on a silent owner, which the
    /// kernel answers at once whatever its `proxy_delay`; to all it is the probe before a first claim.
    package static func question(
        _ address: IPAddress, from sender: IPAddress, mac: MACAddress, to destination: MACAddress = .broadcast
    ) -> ARPPacket {
        ARPPacket(
            destination: destination, source: mac, operation: .request, senderMAC: mac, senderIP: sender,
            targetMAC: .zero,
            targetIP: address)
    }

    /// True if the packet says that its sender has the address: an answer, or a gratuitous announcement.
    package func claims(_ address: IPAddress) -> Bool { senderIP == address }
}

extension WireWriter {
    mutating func mac(_ address: MACAddress) {
        uint16(UInt16(truncatingIfNeeded: address.bits >> 32))
        uint32(UInt32(truncatingIfNeeded: address.bits))
    }
}

extension WireReader {
    mutating func mac() throws(DecodeError) -> MACAddress {
        MACAddress(bits: UInt64(try uint16()) << 32 | UInt64(try uint32()))
    }

    mutating func expect(_ value: UInt16, field: DecodeError.StaticText) throws(DecodeError) {
        let at = offset
        guard try uint16() == value else { throw .malformed(offset: at, field: field) }
    }
}
