/// Why bytes from a peer could not be read.
package enum DecodeError: Error, Sendable, Hashable {
    /// The bytes end `missing` bytes before the field that starts at `offset` does.
    case truncated(offset: Int, missing: Int)
    /// The field at `offset` holds what it must not.
    case malformed(offset: Int, field: StaticText)

    /// The name of a field: a constant of the program, so that no peer's bytes end up in a log by this way.
    package struct StaticText: Sendable, Hashable, ExpressibleByStringLiteral, CustomStringConvertible {
        package let description: String
        package init(stringLiteral value: StaticString) { description = value.description }
    }
}

extension DecodeError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .truncated(let offset, let missing): "the field at offset \(offset) lacks \(missing) bytes"
        case .malformed(let offset, let field): "\(field) at offset \(offset) is malformed"
        }
    }
}

/// Reads big-endian fields from the front of a packet. Every read is bounds-checked and throws; none traps.
package struct WireReader: Sendable {
    private let bytes: ArraySlice<UInt8>
    /// The number of bytes read so far, for positions in errors.
    package private(set) var offset: Int

    /// A reader of these bytes; `offset` is where they stood in the packet they were cut from.
    package init(_ bytes: ArraySlice<UInt8>, offset: Int = 0) {
        self.bytes = bytes
        self.offset = offset
        start = bytes.startIndex - offset
    }

    /// A reader of a whole packet.
    package init(_ bytes: [UInt8]) { self.init(bytes[...]) }

    private let start: Int
    private var position: Int { start + offset }

    /// The number of bytes not read yet.
    package var remaining: Int { bytes.endIndex - position }

    /// The next byte.
    package mutating func uint8() throws(DecodeError) -> UInt8 { UInt8(truncatingIfNeeded: try number(1)) }
    /// The next two bytes as a number.
    package mutating func uint16() throws(DecodeError) -> UInt16 { UInt16(truncatingIfNeeded: try number(2)) }
    /// The next four bytes as a number.
    package mutating func uint32() throws(DecodeError) -> UInt32 { UInt32(truncatingIfNeeded: try number(4)) }
    /// The next eight bytes as a number.
    package mutating func uint64() throws(DecodeError) -> UInt64 { try number(8) }

    /// The next `count` bytes.
    package mutating func take(_ count: Int) throws(DecodeError) -> ArraySlice<UInt8> {
        guard count <= remaining else { throw .truncated(offset: offset, missing: count - remaining) }
        defer { offset += count }
        return bytes[position..<position + count]
    }

    /// A reader of the next `count` bytes alone: of a field with its own length.
    package mutating func reader(_ count: Int) throws(DecodeError) -> WireReader {
        let at = offset
        return WireReader(try take(count), offset: at)
    }

    /// Everything that is left.
    package mutating func rest() -> ArraySlice<UInt8> {
        defer { offset += remaining }
        return bytes[position...]
    }

    private mutating func number(_ count: Int) throws(DecodeError) -> UInt64 {
        guard count <= remaining else { throw .truncated(offset: offset, missing: count - remaining) }
        defer { offset += count }
        return bytes[position..<position + count].reduce(0) { $0 << 8 | UInt64($1) }
    }
}
