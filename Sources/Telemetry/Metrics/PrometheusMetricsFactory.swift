package import Metrics

/// The swift-metrics back end: handlers are the registry's series.
///
/// Bootstrapped once by an executable (`MetricsSystem.bootstrap(PrometheusMetricsFactory(registry))`); tests pass it to
/// `withMetricsFactory` or to a metric's initialiser. Destroying a metric removes its series from `/metrics` at once.
package struct PrometheusMetricsFactory: MetricsFactory {
    package let registry: Registry

    package init(_ registry: Registry) {
        self.registry = registry
    }

    package func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler {
        registry.counter(label, dimensions)
    }

    package func makeFloatingPointCounter(
        label: String, dimensions: [(String, String)]
    ) -> any FloatingPointCounterHandler {
        registry.counter(label, dimensions)
    }

    package func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler {
        registry.gauge(label, dimensions)
    }

    /// A recorder that aggregates is a histogram, one that does not is a gauge.
    package func makeRecorder(
        label: String, dimensions: [(String, String)], aggregate: Bool
    ) -> any RecorderHandler {
        if aggregate { return registry.histogram(label, dimensions) }
        return registry.gauge(label, dimensions)
    }

    package func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler {
        registry.histogram(label, dimensions)
    }

    package func destroyCounter(_ handler: any CounterHandler) { destroy(handler) }
    package func destroyFloatingPointCounter(_ handler: any FloatingPointCounterHandler) { destroy(handler) }
    package func destroyMeter(_ handler: any MeterHandler) { destroy(handler) }
    package func destroyRecorder(_ handler: any RecorderHandler) { destroy(handler) }
    package func destroyTimer(_ handler: any TimerHandler) { destroy(handler) }

    /// Handlers of another factory are not ours to remove.
    private func destroy(_ handler: any Sendable) {
        guard let series = handler as? any MetricSeries else { return }
        registry.remove(series)
    }
}
