/// What is known of a metric before it has a value: its name, what it means, and how it is counted. The typed façade of
/// each module lists its definitions; `Registry.register(_:)` takes them, so that every exposed family has its `# HELP`
/// line and a histogram its own buckets. The series themselves are made with swift-metrics under the same name.
package struct MetricDefinition: Sendable, Hashable {
    /// The types of the exposition formats that Toono uses.
    package enum Kind: String, Sendable, Hashable {
        /// Only grows: swift-metrics' `Counter` and `FloatingPointCounter`.
        case counter
        /// Goes up and down: swift-metrics' `Gauge`, `Meter` and a `Recorder` that does not aggregate.
        case gauge
        /// A distribution over buckets: swift-metrics' `Timer`, in seconds, and a `Recorder` that aggregates.
        case histogram
    }

    /// The full name as Prometheus sees it, unit and `_total` included: `metallb_k8s_client_updates_total`.
    package let name: String
    /// One sentence for the person who reads a dashboard.
    package let help: String
    package let kind: Kind
    /// Upper bounds of a histogram's buckets, ascending, in the unit of the name, without the last, infinite one. Empty
    /// for the other kinds.
    package let buckets: [Double]

    package init(name: String, help: String, kind: Kind, buckets: [Double] = []) {
        self.name = name
        self.help = help
        self.kind = kind
        self.buckets = kind == .histogram && buckets.isEmpty ? Self.latencyBuckets : buckets
    }

    /// A count that only grows; the name ends in `_total` unless MetalLB's does not.
    package static func counter(_ name: String, help: String) -> MetricDefinition {
        MetricDefinition(name: name, help: help, kind: .counter)
    }

    /// A value that goes up and down.
    package static func gauge(_ name: String, help: String) -> MetricDefinition {
        MetricDefinition(name: name, help: help, kind: .gauge)
    }

    /// A distribution; for a `Timer` the name ends in `_seconds`.
    package static func histogram(
        _ name: String, help: String, buckets: [Double] = latencyBuckets
    ) -> MetricDefinition {
        MetricDefinition(name: name, help: help, kind: .histogram, buckets: buckets)
    }

    /// Seconds, from a netlink batch (100 us) over a failover (300 ms) to a stalled API server (10 s).
    package static let latencyBuckets: [Double] = [
        0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
    ]
}

extension MetricDefinition {
    /// Every name that this family writes into an exposition, in either format. Two families must not share one: a
    /// histogram `x` has samples `x_count`, and OpenMetrics calls the family of the counter `x_total` just `x`.
    var sampleNames: [String] {
        switch kind {
        case .gauge: [name]
        case .counter: name.hasSuffix("_total") ? [name, String(name.dropLast("_total".count))] : [name]
        case .histogram: [name, name + "_bucket", name + "_sum", name + "_count"]
        }
    }

    /// Throws what makes the definition unfit for an exposition.
    func validate() throws(MetricDefinitionError) {
        guard MetricName.isValid(name) else { throw .invalidName(name) }
        guard !help.isEmpty else { throw .noHelp(name) }
        let isAscending = zip(buckets, buckets.dropFirst()).allSatisfy { $0 < $1 }
        guard isAscending, buckets.allSatisfy(\.isFinite), kind == .histogram || buckets.isEmpty else {
            throw .invalidBuckets(name)
        }
    }
}
