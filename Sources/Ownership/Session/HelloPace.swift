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
    private var slots: [(sequence: UInt32, at: Instant)] = []

    mutating func note(_ sequence: UInt32, at now: Instant) {
        let index = Int(sequence) % Self.capacity
        if slots.count < Self.capacity && index == slots.count {
            slots.append((sequence, now))
        } else {
            while slots.count <= index { slots.append((0, now)) }
            slots[index] = (sequence, now)
        }
    }

    /// When that datagram left; nil if it was none of the latest.
    subscript(sequence: UInt32) -> Instant? {
        let index = Int(sequence) % Self.capacity
        guard sequence > 0, slots.indices.contains(index), slots[index].sequence == sequence else { return nil }
        return slots[index].at
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
