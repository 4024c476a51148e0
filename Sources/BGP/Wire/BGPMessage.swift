import Wire

/// A message cut from the stream: its type and what stands after the header.
package struct MessageFrame: Sendable, Hashable {
    /// What the body is.
    package let type: MessageType
    /// Everything after the header.
    package let body: ArraySlice<UInt8>

    /// A frame.
    package init(type: MessageType, body: ArraySlice<UInt8>) {
        self.type = type
        self.body = body
    }

    /// The message as it stood on the wire, header included.
    var wholeMessage: [UInt8] { BGPMessage.frame(type, body) }
}

/// The forms of whole messages.
package enum BGPMessage {
    static let marker = [UInt8](repeating: 0xFF, count: 16)

    /// A message from its body, which must be short enough.
    static func frame(_ type: MessageType, _ body: some Collection<UInt8>) -> [UInt8] {
        var writer = WireWriter(capacity: MessageType.headerLength + body.count)
        writer.append(marker)
        writer.uint16(UInt16(truncatingIfNeeded: MessageType.headerLength + body.count))
        writer.uint8(type.rawValue)
        writer.append(body)
        return writer.bytes
    }

    /// A KEEPALIVE.
    package static let keepalive = frame(.keepalive, [])

    /// An End-of-RIB marker (RFC 4724 2).
    package static func endOfRIB(_ family: AddressFamily) -> [UInt8] {
        guard family != .ipv4Unicast else { return frame(.update, [0, 0, 0, 0]) }
        let afi = [UInt8(truncatingIfNeeded: family.afi >> 8), UInt8(truncatingIfNeeded: family.afi)]
        return frame(.update, [0, 0, 0, 6, 0x80, 15, 3] + afi + [family.safi])
    }
}
