/// A moment of the monotonic clock, counted from some fixed moment that only the clock's owner knows.
///
/// The machine reads no clock: whoever owns one passes the moment with each event. Wall time is used nowhere.
package struct Instant: Sendable, Hashable {
    /// The time since the clock's own beginning.
    package let sinceStart: Duration

    /// The moment that long after the clock's beginning.
    package init(sinceStart: Duration) { self.sinceStart = sinceStart }

    /// The moment of a monotonic clock that counts nanoseconds.
    package init(nanoseconds: Int64) { sinceStart = .nanoseconds(nanoseconds) }

    package static func + (instant: Instant, duration: Duration) -> Instant {
        Instant(sinceStart: instant.sinceStart + duration)
    }

    package static func - (instant: Instant, duration: Duration) -> Instant {
        Instant(sinceStart: instant.sinceStart - duration)
    }

    package static func - (later: Instant, earlier: Instant) -> Duration { later.sinceStart - earlier.sinceStart }
}

extension Instant: Comparable {
    package static func < (left: Instant, right: Instant) -> Bool { left.sinceStart < right.sinceStart }
}

extension Duration {
    /// Whole milliseconds, rounded down, at most `limit`; negative durations count as 0.
    func clampedMilliseconds(limit: UInt16 = .max) -> UInt16 {
        guard self > .zero else { return 0 }
        let (seconds, attoseconds) = components
        guard seconds < 3600 else { return limit }
        return UInt16(min(seconds * 1000 + attoseconds / 1_000_000_000_000_000, Int64(limit)))
    }

    /// A random share of the duration.
    func scaled(_ range: ClosedRange<Double>, using random: inout some RandomNumberGenerator) -> Duration {
        self * Double.random(in: range, using: &random)
    }
}
