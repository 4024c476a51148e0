/// Bytes from hexadecimal digits; blanks and line ends do not count, `FF*16` stands for a marker.
func hex(_ text: String) -> [UInt8] {
    let digits = text.split(whereSeparator: \.isWhitespace)
        .map { $0 == "FF*16" ? String(repeating: "FF", count: 16) : String($0) }.joined()
    return stride(from: 0, to: digits.count, by: 2).compactMap { offset in
        let start = digits.index(digits.startIndex, offsetBy: offset)
        return UInt8(digits[start..<digits.index(start, offsetBy: 2)], radix: 16)
    }
}

/// Random numbers that are the same in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 | 1 }

    mutating func next() -> UInt64 {
        state ^= state << 13
        state ^= state >> 7
        state ^= state << 17
        return state &* 0x2545_F491_4F6C_DD1D
    }
}
