import Metrics
import Synchronization

/// A value that goes up and down: the last one recorded stands.
final class GaugeSeries: MetricSeries, RecorderHandler, MeterHandler {
    let family: String
    let labels: MetricLabels
    private let current = Atomic<Double>(0)

    init(family: String, labels: MetricLabels) {
        self.family = family
        self.labels = labels
    }

    func record(_ value: Int64) { current.store(Double(value), ordering: .relaxed) }
    func record(_ value: Double) { current.store(value, ordering: .relaxed) }
    func set(_ value: Int64) { record(value) }
    func set(_ value: Double) { record(value) }
    func increment(by amount: Double) { current.add(amount) }
    func decrement(by amount: Double) { current.add(-amount) }

    var value: MetricValue { .double(current.load(ordering: .relaxed)) }
}
