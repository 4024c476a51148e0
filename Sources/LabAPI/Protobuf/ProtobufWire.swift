/// The wire format of protocol buffers: numbered fields, one after the other
/// (https://protobuf.dev/programming-guides/encoding/).
struct ProtobufWire {
    /// A field's value, as far as the wire tells.
    enum Value: Equatable {
        case varint(UInt64)
        case bytes(ArraySlice<UInt8>)
    }

    /// Why bytes are no message.
    struct Failure: Error, Hashable { var message: String }

    private var rest: ArraySlice<UInt8>

    init(_ bytes: ArraySlice<UInt8>) { rest = bytes }

    /// The next field, or nil at the end. Fixed-width numbers, which none of the API's read kinds has, are refused.
    mutating func next() throws(Failure) -> (number: Int, value: Value)? {
        if rest.isEmpty { return nil }
        let tag = try varint()
        guard tag >> 3 > 0, let number = Int(exactly: tag >> 3) else { throw Failure(message: "field number 0") }
        switch tag & 7 {
        case 0: return (number, .varint(try varint()))
        case 2:
            guard let length = Int(exactly: try varint()), length <= rest.count else {
                throw Failure(message: "field \(number) is longer than its message")
            }
            defer { rest = rest.dropFirst(length) }
            return (number, .bytes(rest.prefix(length)))
        case let type: throw Failure(message: "field \(number) has wire type \(type)")
        }
    }

    private mutating func varint() throws(Failure) -> UInt64 {
        var value: UInt64 = 0
        for shift in stride(from: UInt64(0), to: 64, by: 7) {
            guard let byte = rest.popFirst() else { throw Failure(message: "unexpected end of message") }
            value |= UInt64(byte & 0x7F) << shift
            if byte & 0x80 == 0 { return value }
        }
        throw Failure(message: "a number of more than 64 bits")
    }
}
