import Benchmarking
/// Damage to a message, as a hostile or broken sender does it: single bits and bytes, lengths that lie, pieces that are
/// missing, doubled or of another message.
struct Mutation {
    /// Lengths and numbers at whose edges readers err.
    private static let edges: [UInt8] = [0, 1, 2, 3, 4, 16, 18, 19, 32, 33, 64, 127, 128, 129, 254, 255]

    private let corpus: [[UInt8]]

    init(_ corpus: [[UInt8]]) { self.corpus = corpus }

    /// A message with up to eight damages; now and then none.
    func message(using random: inout SplitMix) -> [UInt8] {
        var bytes = corpus.randomElement(using: &random) ?? []
        for _ in 0..<Int.random(in: 0...8, using: &random) { damage(&bytes, &random) }
        return bytes
    }

    private func damage(_ bytes: inout [UInt8], _ random: inout SplitMix) {
        guard let position = bytes.indices.randomElement(using: &random) else { return bytes.append(0xFF) }
        let end = Int.random(in: position...min(bytes.count, position + 40), using: &random)
        switch Int.random(in: 0..<8, using: &random) {
        case 0: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
        case 2, 3: bytes[position] = Self.edges.randomElement(using: &random) ?? 0
        case 4: bytes.removeSubrange(position..<end)
        case 5: bytes.insert(contentsOf: bytes[position..<end], at: position)
        case 6: bytes.removeSubrange(position...)
        default:
            let other = corpus.randomElement(using: &random) ?? []
            let start = Int.random(in: 0...other.count, using: &random)
            bytes.insert(contentsOf: other[start...].prefix(40), at: position)
        }
        if bytes.count > 5000 { bytes.removeSubrange(5000...) }
    }

    /// Puts the true length where the header of BGP has it, so that what is behind it gets read.
    static func mendLength(of bytes: inout [UInt8]) {
        guard bytes.count >= 19, bytes.count <= 4096 else { return }
        for index in 0..<16 { bytes[index] = 0xFF }
        bytes[16] = UInt8(bytes.count >> 8)
        bytes[17] = UInt8(bytes.count & 0xFF)
    }
}
