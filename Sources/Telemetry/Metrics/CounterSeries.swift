import Metrics
import Synchronization

/// A count that only grows. Whole increments are kept as an integer, so that a counter of packets stays exact beyond
/// 2^53; fractions are kept beside it.
final class CounterSeries: MetricSeries, CounterHandler, FloatingPointCounterHandler {
    let family: String
    let labels: MetricLabels
    private let whole = Atomic<Int64>(0)
    private let fraction = Atomic<Double>(0)

    init(family: String, labels: MetricLabels) {
        self.family = family
        self.labels = labels
    }

    /// Adds; what is not positive is ignored, since a counter that falls reads as a restart. Stops at `Int64.max`.
    func increment(by amount: Int64) {
        guard amount > 0 else { return }
        var old = whole.load(ordering: .relaxed)
        while true {
            let (sum, overflow) = old.addingReportingOverflow(amount)
            let result = whole.weakCompareExchange(
                expected: old, desired: overflow ? .max : sum, ordering: .relaxed)
            if result.exchanged { return }
            old = result.original
        }
    }

    /// Adds; what is not finite and positive is ignored.
    func increment(by amount: Double) {
        guard amount > 0, amount.isFinite else { return }
        fraction.add(amount)
    }

    func reset() {
        whole.store(0, ordering: .relaxed)
        fraction.store(0, ordering: .relaxed)
    }

    var value: MetricValue {
        let fraction = fraction.load(ordering: .relaxed)
        let whole = whole.load(ordering: .relaxed)
        return fraction == 0 ? .integer(whole) : .double(Double(whole) + fraction)
    }
}

extension Atomic where Value == Double {
    /// Adds without a lock: there is no atomic addition of doubles, so try until nobody came between.
    func add(_ amount: Double) {
        var old = load(ordering: .relaxed)
        while true {
            let result = weakCompareExchange(expected: old, desired: old + amount, ordering: .relaxed)
            if result.exchanged { return }
            old = result.original
        }
    }
}
