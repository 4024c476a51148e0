/// The Internet checksum (RFC 1071): the one's complement of the one's complement sum of 16-bit words.
///
/// Over data with its own right checksum in place the value is 0.
package struct InternetChecksum: Sendable {
    // 64 bits hold the sum of 2^48 words: no overflow on anything that fits in memory.
    private var sum: UInt64 = 0

    /// The checksum of nothing.
    package init() {}

    /// The checksum of one run of bytes.
    package init(of bytes: ArraySlice<UInt8>) { add(bytes) }

    /// Adds bytes; an odd number of them counts as padded by a zero, so only the last run may be odd.
    package mutating func add(_ bytes: ArraySlice<UInt8>) {
        for index in stride(from: bytes.startIndex, to: bytes.endIndex, by: 2) {
            let low = index + 1 < bytes.endIndex ? UInt64(bytes[index + 1]) : 0
            sum += UInt64(bytes[index]) << 8 | low
        }
    }

    /// Adds a number of at most 16 bits, such as a field of a pseudo header.
    package mutating func add(_ word: UInt16) { sum += UInt64(word) }

    /// The checksum of what was added so far.
    package var value: UInt16 {
        var folded = sum
        while folded > 0xFFFF { folded = folded & 0xFFFF + folded >> 16 }
        return ~UInt16(truncatingIfNeeded: folded)
    }
}
