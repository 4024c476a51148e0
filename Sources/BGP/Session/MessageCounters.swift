/// Messages by type.
package struct MessageCounters: Sendable, Hashable {
    private var counts: [MessageType: Int] = [:]

    /// Nothing counted.
    package init() {}

    /// The number of messages of a type.
    package subscript(type: MessageType) -> Int { counts[type] ?? 0 }

    /// All messages.
    package var total: Int { counts.values.reduce(0, +) }

    mutating func add(_ type: MessageType) { counts[type, default: 0] += 1 }

    /// Counts whole messages that stand one after the other.
    mutating func add(messagesIn bytes: [UInt8]) {
        var start = 0
        while start + MessageType.headerLength <= bytes.count {
            if let type = MessageType(rawValue: bytes[start + 18]) { add(type) }
            start += max(MessageType.headerLength, Int(bytes[start + 16]) << 8 | Int(bytes[start + 17]))
        }
    }
}
