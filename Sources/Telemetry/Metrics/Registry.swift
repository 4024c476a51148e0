import Metrics
import Synchronization

/// The process's metrics: families by name, their series by labels. `PrometheusMetricsFactory` feeds it from
/// swift-metrics; `/metrics` reads it.
///
/// A series lives from the first handle made for its name and labels to the first `destroy()` of any of them. Two
/// handles of the same name and labels share one series, so that a façade need not keep handles: `Gauge(label: name,
/// dimensions: labels).destroy()` removes what another handle recorded, and that other handle records into nothing
/// afterwards.
package final class Registry: Sendable {
    private struct State {
        var families: [String: MetricFamily] = [:]
        /// Which family writes samples of a name; keeps a counter `x_count` apart from a histogram `x`.
        var owners: [String: String] = [:]
        var collectors: [@Sendable () -> Void] = []
    }

    /// A gauge that shows metrics which could not be exposed: made with a kind other than the declared one, with the
    /// name of another family's samples, or with two labels of one name.
    static let conflicts = MetricDefinition.gauge(
        "toono_metrics_conflict", help: "Metrics that are not exposed because their name, kind or labels conflict.")

    private let state = Mutex(State())

    package init() {}

    /// Declares metrics. The same definition may come twice; an error leaves those before it declared.
    package func register(_ definitions: some Sequence<MetricDefinition>) throws(MetricDefinitionError) {
        for definition in definitions {
            try definition.validate()
            let result = state.withLock { state in Self.declare(definition, in: &state) }
            try result.get()
        }
    }

    /// Runs `collector` before each exposition, for gauges that are read rather than kept. It must be quick and must
    /// not ask this registry for an exposition.
    package func collect(_ collector: @escaping @Sendable () -> Void) {
        state.withLock { $0.collectors.append(collector) }
    }

    /// The text of all series, families and series sorted, so that two expositions can be compared line by line.
    package func expose(as format: ExpositionFormat) -> [UInt8] {
        for collector in state.withLock({ $0.collectors }) { collector() }
        let families = state.withLock { $0.families }
        var encoder = ExpositionEncoder(format: format)
        for (_, family) in families.sorted(by: { $0.key < $1.key }) { encoder.encode(family) }
        return encoder.finish()
    }

    private static func declare(
        _ definition: MetricDefinition, in state: inout State
    ) -> Result<Void, MetricDefinitionError> {
        var family = state.families[definition.name] ?? MetricFamily(definition: definition)
        if state.families[definition.name] != nil, family.definition != definition {
            guard family.canAdopt(definition) else { return .failure(.nameTaken(definition.name, by: definition.name)) }
        }
        for name in definition.sampleNames {
            if let owner = state.owners[name], owner != definition.name {
                return .failure(.nameTaken(name, by: owner))
            }
        }
        for name in family.definition.sampleNames { state.owners[name] = nil }
        for name in definition.sampleNames { state.owners[name] = definition.name }
        family.definition = definition
        state.families[definition.name] = family
        return .success(())
    }
}

// MARK: - Series

extension Registry {
    func counter(_ label: String, _ dimensions: [(String, String)]) -> CounterSeries {
        series(label, dimensions, .counter) { family, labels in
            CounterSeries(family: family.name, labels: labels)
        }
    }

    func gauge(_ label: String, _ dimensions: [(String, String)]) -> GaugeSeries {
        series(label, dimensions, .gauge) { family, labels in GaugeSeries(family: family.name, labels: labels) }
    }

    func histogram(_ label: String, _ dimensions: [(String, String)]) -> HistogramSeries {
        series(label, dimensions, .histogram) { family, labels in
            HistogramSeries(family: family.name, labels: labels, buckets: family.buckets)
        }
    }

    /// Removes a series; a handle that was refused, or destroyed before, removes nothing.
    func remove(_ series: any MetricSeries) {
        state.withLock { state in
            guard state.families[series.family]?.series[series.labels] === series else { return }
            state.families[series.family]?.series[series.labels] = nil
        }
    }

    /// The series of a name and labels, made if there is none. A conflict gives a series that is in no family: its
    /// values go nowhere, and `toono_metrics_conflict` names the metric.
    private func series<Series: MetricSeries>(
        _ label: String, _ dimensions: [(String, String)], _ kind: MetricDefinition.Kind,
        make: (MetricDefinition, MetricLabels) -> Series
    ) -> Series {
        let undeclared = MetricDefinition(name: MetricName.sanitized(label), help: "", kind: kind)
        if let labels = MetricLabels(dimensions, kind: kind),
            let series = state.withLock({ Self.find(undeclared, labels, in: &$0, make: make) })
        {
            return series
        }
        if undeclared.name != Self.conflicts.name { gauge(Self.conflicts.name, [("metric", label)]).record(Int64(1)) }
        return make(undeclared, .none)
    }

    private static func find<Series: MetricSeries>(
        _ undeclared: MetricDefinition, _ labels: MetricLabels, in state: inout State,
        make: (MetricDefinition, MetricLabels) -> Series
    ) -> Series? {
        if state.families[undeclared.name] == nil {
            let definition = undeclared.name == conflicts.name ? conflicts : undeclared
            guard case .success = declare(definition, in: &state) else { return nil }
        }
        // Only parts of the family are taken out: a copy of it would make the insertion copy all its series.
        guard let definition = state.families[undeclared.name]?.definition, definition.kind == undeclared.kind else {
            return nil
        }
        if let known = state.families[undeclared.name]?.series[labels] { return known as? Series }
        let made = make(definition, labels)
        state.families[undeclared.name]?.series[labels] = made
        return made
    }
}
