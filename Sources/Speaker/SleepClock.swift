import Glibc

/// Tells how long the machine was asleep: the monotonic clock that everything here is counted on stands still then
/// (clock_gettime(2), CLOCK_BOOTTIME).
struct SleepClock {
    private var asleep: Duration

    init() { asleep = Self.timeAsleep }

    /// How long the machine slept since the last call; zero if it did not.
    mutating func slept() -> Duration {
        let now = Self.timeAsleep
        defer { asleep = now }
        // Two clocks are not read in one moment.
        return now - asleep > .milliseconds(50) ? now - asleep : .zero
    }

    /// The time since the machine started.
    static var uptime: Duration { read(CLOCK_BOOTTIME) }

    /// The time asleep since the machine started.
    private static var timeAsleep: Duration { read(CLOCK_BOOTTIME) - read(CLOCK_MONOTONIC) }

    private static func read(_ clock: clockid_t) -> Duration {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
