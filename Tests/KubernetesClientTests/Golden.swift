import Foundation
import NIOCore
import Testing

/// What a real API server (Kubernetes 1.32) answered.
enum Golden {
    static func text(_ name: String) throws -> String {
        let url = try #require(Bundle.module.url(forResource: "Resources/\(name)", withExtension: "json"))
        return try String(contentsOf: url, encoding: .utf8)
    }

    static func buffer(_ name: String) throws -> ByteBuffer { ByteBuffer(string: try text(name)) }
}

/// A generator whose draws are the same in every run.
struct SeededRandom: RandomNumberGenerator {
    var state: UInt64

    init(_ seed: UInt64 = 1) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}

/// A generator that always draws the highest value, so that a delay is its ceiling.
struct HighestRandom: RandomNumberGenerator {
    mutating func next() -> UInt64 { .max }
}

/// The text in pieces of a size.
func pieces(of text: String, size: Int) -> [ByteBuffer] {
    let bytes = Array(text.utf8)
    return stride(from: 0, to: bytes.count, by: size).map { start in
        ByteBuffer(bytes: bytes[start..<min(start + size, bytes.count)])
    }
}
