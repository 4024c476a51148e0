/// Builds a packet of big-endian fields.
package struct WireWriter: Sendable {
    /// What was written so far.
    package private(set) var bytes: [UInt8] = []

    /// An empty packet with room for `capacity` bytes.
    package init(capacity: Int = 64) { bytes.reserveCapacity(capacity) }

    /// The number of bytes written.
    package var count: Int { bytes.count }

    /// Appends one byte.
    package mutating func uint8(_ value: UInt8) { bytes.append(value) }
    /// Appends two bytes.
    package mutating func uint16(_ value: UInt16) { number(UInt64(value), width: 2) }
    /// Appends four bytes.
    package mutating func uint32(_ value: UInt32) { number(UInt64(value), width: 4) }
    /// Appends eight bytes.
    package mutating func uint64(_ value: UInt64) { number(value, width: 8) }
    /// Appends bytes as they are.
    package mutating func append(_ more: some Collection<UInt8>) { bytes.append(contentsOf: more) }

    /// Overwrites two bytes written before: a length that is known only at the end.
    package mutating func patch(uint16 value: UInt16, at offset: Int) {
        guard bytes.indices.contains(offset), bytes.indices.contains(offset + 1) else { return }
        bytes[offset] = UInt8(truncatingIfNeeded: value >> 8)
        bytes[offset + 1] = UInt8(truncatingIfNeeded: value)
    }

    private mutating func number(_ value: UInt64, width: Int) {
        for shift in stride(from: (width - 1) * 8, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: value >> UInt64(shift)))
        }
    }
}
