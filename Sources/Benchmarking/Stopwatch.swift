/// Takes times, one for each repetition.
package struct Stopwatch: Sendable {
    private let clock = ContinuousClock()
    /// In the order in which they were taken.
    package private(set) var times: [Duration] = []

    package init(reserving count: Int = 0) { times.reserveCapacity(count) }

    /// Times one repetition.
    package mutating func time<Value>(_ work: () throws -> Value) rethrows -> Value {
        let start = clock.now
        let value = try work()
        times.append(clock.now - start)
        return value
    }

    /// The time that half of the repetitions stayed below; zero without any.
    package var median: Duration { times.isEmpty ? .zero : times.sorted()[times.count / 2] }
}

extension Duration {
    package var microseconds: Double { self / .microseconds(1) }
    package var milliseconds: Double { self / .milliseconds(1) }
}
