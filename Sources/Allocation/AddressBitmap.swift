/// Which of many numbered places are taken, with the lowest free one found in O(log n) however full it is.
///
/// A tree of 64-bit words, kept sparse in one dictionary a level: level 0 has a bit for every place, and a bit of level
/// n + 1 says that the word below it is full. A word that is absent is empty, so an empty range of 2^62 places costs
/// nothing, and a taken place costs at most one word.
struct AddressBitmap: Sendable, Hashable {
    /// The number of places; those that are taken are below it.
    let count: UInt64
    private var levels: [[UInt64: UInt64]]

    /// The most places that a bitmap can have.
    static let maximumCount: UInt64 = 1 << 62

    init(count: UInt64) {
        self.count = min(count, Self.maximumCount)
        var depth = 1
        var reach: UInt64 = 64
        while reach < self.count && depth < 11 {
            reach = reach.multipliedReportingOverflow(by: 64).overflow ? .max : reach * 64
            depth += 1
        }
        levels = Array(repeating: [:], count: depth)
    }

    /// True if the place is taken.
    func contains(_ place: UInt64) -> Bool { levels[0][place >> 6, default: 0] & Self.bit(place) != 0 }

    /// Takes a place; one beyond `count` is left out.
    mutating func insert(_ place: UInt64) {
        guard place < count else { return }
        var index = place
        for level in levels.indices {
            let word = levels[level][index >> 6, default: 0] | Self.bit(index)
            levels[level][index >> 6] = word
            if word != .max { return }
            index >>= 6
        }
    }

    /// Frees a place.
    mutating func remove(_ place: UInt64) {
        var index = place
        for level in levels.indices {
            guard let word = levels[level][index >> 6], word & Self.bit(index) != 0 else { return }
            let left = word & ~Self.bit(index)
            levels[level][index >> 6] = left == 0 ? nil : left
            // Only a word that was full is known to the level above.
            if word != .max { return }
            index >>= 6
        }
    }

    /// The lowest place that is not taken, or nil if all are.
    var firstFree: UInt64? {
        var index: UInt64 = 0
        for level in levels.indices.reversed() {
            let free = ~levels[level][index, default: 0]
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
            let free = ~levels[level][index >> 6, default: 0] & (.max << (index & 63))
            if free != 0 {
                index = index & ~63 | UInt64(free.trailingZeroBitCount)
                for lower in levels[..<level].reversed() {
                    // Not full, or the bit above would be set.
                    index = index << 6 | UInt64((~lower[index, default: 0]).trailingZeroBitCount)
                }
                return index < count ? index : nil
            }
            index = (index >> 6) + 1
        }
        return nil
    }

    private static func bit(_ index: UInt64) -> UInt64 { 1 << (index & 63) }
}
