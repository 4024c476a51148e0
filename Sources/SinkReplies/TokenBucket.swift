package import Timing

/// A limit on how often something is done: so many times a second, after a pause a burst at once.
///
/// Kept as the moment at which the bucket is full again, which is the same thing without rounding.
package struct TokenBucket: Sendable {
    private let interval: Duration
    private let burst: Int
    /// The tokens worth waiting for once there is none: 10 ms' worth. To come back for each single one would cost more than
    /// what is done with it.
    private let refill: Int
    private var fullAt: Instant?

    /// When tokens can be had again, if the last `take` left none; else nil.
    package private(set) var nextDeadline: Instant?

    /// A full bucket.
    /// - Parameters:
    ///   - perSecond: at least 1 and at most a million; other numbers count as these.
    ///   - burst: the tokens in a full bucket; at least 1 and at most a million.
    package init(perSecond: Int, burst: Int) {
        let perSecond = min(max(perSecond, 1), 1_000_000)
        interval = .nanoseconds(1_000_000_000 / perSecond)
        self.burst = min(max(burst, 1), 1_000_000)
        refill = min(max(perSecond / 100, 1), self.burst)
    }

    /// Takes a token, if there is one; once there was none, there is none before `nextDeadline`.
    package mutating func take(at now: Instant) -> Bool {
        if let nextDeadline, now < nextDeadline { return false }
        let full = max(fullAt ?? now, now) + interval
        fullAt = full
        nextDeadline = full - now > interval * (burst - 1) ? full - interval * (burst - refill) : nil
        return true
    }
}
