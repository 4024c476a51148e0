import Metrics

/// The metrics of one session, which are there for as long as it is: a series that outlives its session would say for ever
/// what was true at its end.
struct SessionSeries {
    private let dimensions: [(String, String)]
    private let factory: any MetricsFactory
    private var gauges: [String: Gauge] = [:]
    private var counters: [String: (counter: Counter, total: Int)] = [:]

    /// - Parameter peer: the label of all of them.
    init(peer: String, factory: any MetricsFactory = MetricsSystem.factory) {
        dimensions = [("peer", peer)]
        self.factory = factory
    }

    /// Sets a gauge.
    mutating func record(_ label: String, _ value: Int) {
        let gauge = gauges[label] ?? Gauge(label: label, dimensions: dimensions, factory: factory)
        gauge.record(value)
        gauges[label] = gauge
    }

    /// Brings a counter to what the session has counted since its start.
    mutating func count(_ label: String, total: Int) {
        let (counter, counted) =
            counters[label] ?? (Counter(label: label, dimensions: dimensions, factory: factory), 0)
        counter.increment(by: max(0, total - counted))
        counters[label] = (counter, total)
    }

    /// Takes them out of the exposition.
    func destroy() {
        for gauge in gauges.values { gauge.destroy() }
        for (counter, _) in counters.values { counter.destroy() }
    }
}
