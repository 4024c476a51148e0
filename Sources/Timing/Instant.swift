/// A moment of the monotonic clock, counted from some fixed moment that only the clock's owner knows.
///
/// Machines read no clock: whoever owns one passes the moment with each event. Wall time is used nowhere. Moments
/// are whole nanoseconds, as clocks count them: a deadline between two ticks of the clock would never be met exactly,
/// and whoever rounds it down would come back too early for ever.
package struct Instant: Sendable, Hashable {
    /// Nanoseconds since the clock's own beginning.
    package let nanoseconds: Int64

    /// The moment of a monotonic clock that counts nanoseconds.
    package init(nanoseconds: Int64) { self.nanoseconds = nanoseconds }

    /// The moment that long after the clock's beginning; a fraction of a nanosecond is dropped.
    package init(sinceStart: Duration) { nanoseconds = sinceStart.wholeNanoseconds }

    /// The time since the clock's own beginning.
    package var sinceStart: Duration { .nanoseconds(nanoseconds) }

    package static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds &+ duration.wholeNanoseconds)
    }

    package static func - (instant: Instant, duration: Duration) -> Instant {
        Instant(nanoseconds: instant.nanoseconds &- duration.wholeNanoseconds)
    }

    package static func - (later: Instant, earlier: Instant) -> Duration {
        .nanoseconds(later.nanoseconds &- earlier.nanoseconds)
    }
}

extension Instant: Comparable {
    package static func < (left: Instant, right: Instant) -> Bool { left.nanoseconds < right.nanoseconds }
}

extension Duration {
    /// Whole nanoseconds; a rest is dropped. Durations here are of seconds, far from what 64 bits cannot count.
    fileprivate var wholeNanoseconds: Int64 {
        let (seconds, attoseconds) = components
        return seconds &* 1_000_000_000 &+ attoseconds / 1_000_000_000
    }

    /// Whole milliseconds, rounded down, at most `limit`; negative durations count as 0.
    package func clampedMilliseconds(limit: UInt16 = .max) -> UInt16 {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = components
        guard seconds < 3600 else { return limit }
        return UInt16(min(seconds * 1000 + attoseconds / 1_000_000_000_000_000, Int64(limit)))
    }

    /// A random share of the duration.
    package func scaled(_ range: ClosedRange<Double>, using random: inout some RandomNumberGenerator) -> Duration {
        self * Double.random(in: range, using: &random)
    }
}
