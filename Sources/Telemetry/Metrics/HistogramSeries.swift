import Metrics
import Synchronization

/// A distribution over fixed buckets. As a `Timer`'s handler it takes nanoseconds and keeps seconds.
final class HistogramSeries: MetricSeries, RecorderHandler, TimerHandler {
    /// What one exposition shows; taken as a whole, so that the count is the sum of the buckets.
    struct Snapshot: Sendable, Hashable {
        /// Observations in each bucket alone; the last one is the infinite bucket.
        var counts: [UInt64]
        var sum: Double
    }

    let family: String
    let labels: MetricLabels
    /// Upper bounds, ascending, without the infinite one.
    let buckets: [Double]
    private let state: Mutex<Snapshot>

    init(family: String, labels: MetricLabels, buckets: [Double]) {
        self.family = family
        self.labels = labels
        self.buckets = buckets
        state = Mutex(Snapshot(counts: Array(repeating: 0, count: buckets.count + 1), sum: 0))
    }

    func record(_ value: Int64) { record(Double(value)) }

    /// Counts an observation. NaN is ignored: it belongs to no bucket and would make the sum NaN for ever.
    func record(_ value: Double) {
        guard !value.isNaN else { return }
        let index = buckets.firstIndex { value <= $0 } ?? buckets.count
        state.withLock { state in
            state.counts[index] += 1
            state.sum += value
        }
    }

    /// Counts a duration. A negative one comes from a clock that was set back and says nothing.
    func recordNanoseconds(_ duration: Int64) {
        guard duration >= 0 else { return }
        record(Double(duration) / 1e9)
    }

    var snapshot: Snapshot { state.withLock { $0 } }
}
