/// The sequences received from one process: the highest, and which of the 127 before it. A switch or an access point
/// may let frames overtake each other; what was overtaken is still taken, once.
struct ReplayWindow: Sendable {
    /// The highest sequence received; 0 before the first.
    private(set) var highest: UInt32 = 0
    /// Bit `i` stands for `highest - i`.
    private var received: UInt128 = 0

    /// True if the sequence was not received and is not too old to tell.
    func isNew(_ sequence: UInt32) -> Bool {
        if sequence > highest { return true }
        let age = highest - sequence
        return sequence > 0 && age < 128 && received >> UInt128(age) & 1 == 0
    }

    /// Notes a sequence; true if it is the highest.
    mutating func note(_ sequence: UInt32) -> Bool {
        guard sequence > highest else {
            let age = highest - sequence
            if age < 128 { received |= 1 << UInt128(age) }
            return false
        }
        let step = sequence - highest
        received = step < 128 ? received << UInt128(step) | 1 : 1
        highest = sequence
        return true
    }
}
