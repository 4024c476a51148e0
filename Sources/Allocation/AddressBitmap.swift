/// Which of many numbered places are taken, with the lowest free one found in O(log n) however full it is.
///
/// A tree of 64-bit words: level 0 has a bit for every place, and a bit of level n + 1 says that the word below it is
/// full. Where there are many words only those that are not empty are kept, so an empty range of 2^62 places costs
/// nothing, and a taken place costs at most one word.
struct AddressBitmap: Sendable, Hashable {
    /// The number of places; those that are taken are below it.
    let count: UInt64
    private var levels: [Words]

    /// The most places that a bitmap can have.
    static let maximumCount: UInt64 = 1 << 62

    init(count: UInt64) {
        self.count = min(count, Self.maximumCount)
        levels = []
        var bits = self.count
        repeat {
            bits = bits / 64 + (bits % 64 == 0 ? 0 : 1)
            levels.append(Words(count: bits))
        } while bits > 1
    }

    /// The words of a level: in a row up to a size that is no loss, beyond it those that are not 0.
    private struct Words: Sendable, Hashable {
        private static let longestRow: UInt64 = 1 << 14
        private var row: [UInt64]
        private var scattered: [UInt64: UInt64] = [:]

        init(count: UInt64) { row = count <= Self.longestRow ? Array(repeating: 0, count: Int(count)) : [] }

        subscript(index: UInt64) -> UInt64 {
            get {
                if row.isEmpty { return scattered[index, default: 0] }
                return index < UInt64(row.count) ? row[Int(index)] : 0
            }
            set {
                if row.isEmpty {
                    scattered[index] = newValue == 0 ? nil : newValue
                } else if index < UInt64(row.count) {
                    row[Int(index)] = newValue
                }
            }
        }
    }

    /// True if the place is taken.
    func contains(_ place: UInt64) -> Bool { levels[0][place >> 6] & Self.bit(place) != 0 }

    /// Takes a place; one beyond `count` is left out.
    mutating func insert(_ place: UInt64) {
        guard place < count else { return }
        var index = place
        for level in levels.indices {
            let word = levels[level][index >> 6] | Self.bit(index)
            levels[level][index >> 6] = word
            if word != .max { return }
            index >>= 6
        }
    }

    /// Frees a place.
    mutating func remove(_ place: UInt64) {
        var index = place
        for level in levels.indices {
            let word = levels[level][index >> 6]
            if word & Self.bit(index) == 0 { return }
            levels[level][index >> 6] = word & ~Self.bit(index)
            // Only a word that was full is known to the level above.
            if word != .max { return }
            index >>= 6
        }
    }

    /// The lowest place that is not taken, or nil if all are.
    var firstFree: UInt64? {
        var index: UInt64 = 0
        for level in levels.indices.reversed() {
            let free = ~levels[level][index]
            // Only the topmost word can be full here: below it, a full word is a set bit above and was passed over.
            if free == 0 { return nil }
            index = index << 6 | UInt64(free.trailingZeroBitCount)
        }
        return index < count ? index : nil
    }

    /// The lowest place from `start` up that is not taken, or nil if all of those are.
    func firstFree(from start: UInt64) -> UInt64? {
        guard start < count else { return nil }
        var index = start
        for level in levels.indices {
            let free = ~levels[level][index >> 6] & (.max << (index & 63))
            if free != 0 {
                index = index & ~63 | UInt64(free.trailingZeroBitCount)
                for lower in levels[..<level].reversed() {
                    // Not full, or the bit above would be set.
                    index = index << 6 | UInt64((~lower[index]).trailingZeroBitCount)
                }
                return index < count ? index : nil
            }
            index = (index >> 6) + 1
        }
        return nil
    }

    private static func bit(_ index: UInt64) -> UInt64 { 1 << (index & 63) }
}
