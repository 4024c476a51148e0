import Timing

/// The interval of own hellos. Peers judge silence by what was advertised, so a longer one is advertised before it is
/// used and a shorter one is used at once.
struct HelloPace: Sendable {
    /// What the timer uses.
    private(set) var used: Duration
    /// What hellos say.
    private(set) var advertised: Duration
    private var hellosBeforeUse = 0

    init(_ interval: Duration) {
        used = interval
        advertised = interval
    }

    /// Wants another interval.
    mutating func want(_ interval: Duration, multiplier: Int) {
        guard interval != advertised else { return }
        advertised = interval
        if interval <= used {
            used = interval
        } else {
            hellosBeforeUse = multiplier
        }
    }

    /// Notes that a hello with the advertised interval left.
    mutating func noteHello() {
        guard used != advertised else { return }
        hellosBeforeUse -= 1
        if hellosBeforeUse <= 0 { used = advertised }
    }
}

/// When the latest datagrams were sent, by sequence.
struct SentLog: Sendable {
    private static let capacity = 2048
    private var slots: [Entry] = []

    /// A datagram that left.
    struct Entry: Sendable {
        let sequence: UInt32
        let at: Instant
        /// True if its echo tells the time of a round trip. A kernel that does not know the receiver's MAC address keeps
        /// a unicast datagram until it has learnt it (`unres_qlen`), for seconds where that was away: what its echo took
        /// says nothing of the link.
        let isTimed: Bool
    }

    mutating func note(_ sequence: UInt32, isTimed: Bool, at now: Instant) {
        let index = Int(sequence) % Self.capacity
        if slots.count < Self.capacity && index == slots.count {
            slots.append(Entry(sequence: sequence, at: now, isTimed: isTimed))
        } else {
            while slots.count <= index { slots.append(Entry(sequence: 0, at: now, isTimed: false)) }
            slots[index] = Entry(sequence: sequence, at: now, isTimed: isTimed)
        }
    }

    /// That datagram; nil if it was none of the latest.
    subscript(sequence: UInt32) -> Entry? {
        let index = Int(sequence) % Self.capacity
        guard sequence > 0, slots.indices.contains(index), slots[index].sequence == sequence else { return nil }
        return slots[index]
    }
}

/// Bad tags of the current second. A flood of them would cost a hash each; beyond the limit, senders that are no
/// members are looked at only now and then.
struct BadTagWindow: Sendable {
    private static let limit = 2000
    private var start: Instant?
    private var count = 0
    private var skipped = 0

    mutating func note(at now: Instant) {
        if let start, now - start < .seconds(1) {
            count += 1
        } else {
            start = now
            count = 1
        }
    }

    /// True if a datagram of an unknown sender is not to be looked at.
    mutating func skips(at now: Instant) -> Bool {
        guard count > Self.limit, let start, now - start < .seconds(1) else { return false }
        skipped += 1
        return skipped % 16 != 0
    }
}
