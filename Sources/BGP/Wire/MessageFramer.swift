/// Cuts messages from a stream that comes in any segmentation.
package struct MessageFramer: Sendable {
    private var buffer: [UInt8] = []
    private var start = 0

    /// A framer at the beginning of a stream.
    package init() {}

    /// The number of bytes that no message was made of yet: never more than one message after `next` gave nil.
    package var pendingCount: Int { buffer.count - start }

    /// Takes what the socket gave.
    package mutating func append(_ bytes: some Collection<UInt8>) {
        if start > 0 {
            buffer.removeSubrange(..<start)
            start = 0
        }
        buffer.append(contentsOf: bytes)
    }

    /// The next whole message, or nil until more bytes come. A header is judged as soon as it is there, before its
    /// body (RFC 4271 6.1). After an error the stream has lost its frames: nothing more can be read from it.
    package mutating func next() throws(NotificationMessage) -> MessageFrame? {
        let header = MessageType.headerLength
        guard pendingCount >= header else { return nil }
        guard buffer[start..<start + 16].allSatisfy({ $0 == 0xFF }) else { throw .notSynchronized }
        let length = Int(buffer[start + 16]) << 8 | Int(buffer[start + 17])
        guard (header...MessageType.maximumLength).contains(length) else { throw .badMessageLength(length) }
        guard let type = MessageType(rawValue: buffer[start + 18]) else { throw .badMessageType(buffer[start + 18]) }
        guard length >= type.minimumLength, type != .keepalive || length == header else {
            throw .badMessageLength(length)
        }
        guard pendingCount >= length else { return nil }
        defer {
            start += length
            if start == buffer.count { reset() }
        }
        return MessageFrame(type: type, body: buffer[start + header..<start + length])
    }

    private mutating func reset() {
        buffer = []
        start = 0
    }
}
