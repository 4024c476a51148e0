import Addresses

/// Takes the kernel's answers apart: messages, then attributes. Everything is bounds-checked; what does not fit ends the
/// sequence, as in the kernel's own `nlmsg_ok`.
struct MessageReader: Sequence, IteratorProtocol {
    /// One message: its header, and where its payload stands.
    struct Message {
        var type: UInt16
        var flags: UInt16
        var sequence: UInt32
        var payload: ArraySlice<UInt8>
    }

    private var rest: ArraySlice<UInt8>

    init(_ datagram: ArraySlice<UInt8>) { rest = datagram }

    /// False if something is left that is no whole message, once `next` has returned nil.
    var isAtEnd: Bool { rest.isEmpty }

    mutating func next() -> Message? {
        guard let length = rest.integer(UInt32.self, at: 0).map(Int.init), length >= 16, length <= rest.count,
            let type = rest.integer(UInt16.self, at: 4), let flags = rest.integer(UInt16.self, at: 6),
            let sequence = rest.integer(UInt32.self, at: 8)
        else { return nil }
        let message = Message(
            type: type, flags: flags, sequence: sequence, payload: rest.dropFirst(16).prefix(length - 16))
        rest = rest.dropFirst(Swift.min((length + 3) & ~3, rest.count))
        return message
    }
}

/// The attributes of a message, in order.
struct AttributeReader: Sequence, IteratorProtocol {
    private var rest: ArraySlice<UInt8>

    /// - Parameter payload: what follows the message's fixed header.
    init(_ payload: ArraySlice<UInt8>) { rest = payload }

    mutating func next() -> (type: UInt16, value: ArraySlice<UInt8>)? {
        guard let length = rest.integer(UInt16.self, at: 0).map(Int.init), length >= 4, length <= rest.count,
            let type = rest.integer(UInt16.self, at: 2)
        else { return nil }
        let value = rest.dropFirst(4).prefix(length - 4)
        rest = rest.dropFirst(Swift.min((length + 3) & ~3, rest.count))
        // The two highest bits say "nested" and "network byte order".
        return (type & 0x3FFF, value)
    }
}

extension ArraySlice<UInt8> {
    /// An integer in host order at an offset from the start of the slice, or nil past its end.
    func integer<Integer: FixedWidthInteger & BitwiseCopyable>(_: Integer.Type, at offset: Int) -> Integer? {
        guard offset >= 0, count - offset >= Integer.bitWidth / 8 else { return nil }
        return unsafe withUnsafeBytes { unsafe $0.loadUnaligned(fromByteOffset: offset, as: Integer.self) }
    }

    /// A string that ends at its first zero byte.
    var cString: String { String(decoding: prefix { $0 != 0 }, as: UTF8.self) }

    /// An address of 4 or 16 bytes.
    var address: IPAddress? { IPAddress(octets: self) }
}
