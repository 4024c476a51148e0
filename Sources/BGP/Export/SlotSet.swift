/// A set of small numbers, one bit each.
struct SlotSet: Sendable {
    private var words: [UInt64] = []
    /// The number of members.
    private(set) var count = 0

    func contains(_ slot: Int) -> Bool {
        let word = slot >> 6
        return word < words.count && words[word] & (1 << UInt64(slot & 63)) != 0
    }

    /// Makes room for slots below a number.
    mutating func reserve(_ slots: Int) {
        let needed = (slots + 63) >> 6
        if needed > words.count { words += [UInt64](repeating: 0, count: needed - words.count) }
    }

    /// Returns true if the slot was not a member yet.
    mutating func insert(_ slot: Int) -> Bool {
        let word = slot >> 6
        if word >= words.count { reserve(slot + 1) }
        let bit: UInt64 = 1 << UInt64(slot & 63)
        guard words[word] & bit == 0 else { return false }
        words[word] |= bit
        count += 1
        return true
    }

    /// Returns true if the slot was a member.
    mutating func remove(_ slot: Int) -> Bool {
        guard contains(slot) else { return false }
        words[slot >> 6] &= ~(1 << UInt64(slot & 63))
        count -= 1
        return true
    }

    /// The members in rising order.
    var members: [Int] {
        var members: [Int] = []
        members.reserveCapacity(count)
        forEach { slot in
            members.append(slot)
            return true
        }
        return members
    }

    /// Visits the members in rising order until the body returns false.
    func forEach(_ body: (Int) -> Bool) {
        for (index, word) in words.enumerated() {
            var rest = word
            while rest != 0 {
                guard body((index << 6) + rest.trailingZeroBitCount) else { return }
                rest &= rest - 1
            }
        }
    }
}
