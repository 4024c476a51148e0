/// Base64 (RFC 4648), as far as the API looks at it.
enum Base64 {
    /// The offset of the first byte that cannot stand there; nil for a sound text. Line ends are skipped, as in Go.
    static func firstMistake(in text: String) -> Int? {
        var count = 0
        var padding = 0
        for (offset, byte) in text.utf8.enumerated() {
            switch byte {
            case 0x0A, 0x0D: continue
            case UInt8(ascii: "="):
                // Only the last one or two of a group of four.
                if count % 4 < 2 { return offset }
                padding += 1
                count += 1
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "/"):
                if padding > 0 { return offset }
                count += 1
            default: return offset
            }
        }
        return count % 4 == 0 ? nil : text.utf8.count
    }

    /// The number of bytes that a sound text stands for.
    static func decodedCount(of text: String) -> Int {
        let digits = text.utf8.filter { $0 != 0x0A && $0 != 0x0D }
        return digits.count / 4 * 3 - digits.suffix(2).count { $0 == UInt8(ascii: "=") }
    }
}
