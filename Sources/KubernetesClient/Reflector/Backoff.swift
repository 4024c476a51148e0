/// When to try again after failures in a row: full jitter below a doubling ceiling, so that a thousand nodes that lost
/// the same server do not come back in step.
package struct Backoff: Sendable, Hashable {
    /// The ceiling after the first failure.
    package var base: Duration
    /// The highest ceiling.
    package var cap: Duration
    /// Failures since the last success.
    package private(set) var failures = 0

    package init(base: Duration = .milliseconds(800), cap: Duration = .seconds(30)) {
        self.base = base
        self.cap = cap
    }

    /// Counts a failure and draws the delay before the next try. A server's own wish is a floor, on top of which the
    /// jitter goes; it is obeyed up to five minutes.
    package mutating func fail(
        retryAfter: Duration? = nil, using random: inout some RandomNumberGenerator
    ) -> Duration {
        var ceiling = min(base, cap)
        for _ in 0..<failures {
            if ceiling >= cap { break }
            ceiling = min(ceiling * 2, cap)
        }
        failures += 1
        let jitter = ceiling * Double.random(in: 0...1, using: &random)
        return min(retryAfter ?? .zero, .seconds(300)) + jitter
    }

    /// Something worked for long enough.
    package mutating func succeed() { failures = 0 }
}
