import Metrics

/// MetalLB's metrics of what a process makes of the API, which controller and speakers have alike.
package struct KubernetesMetrics: Sendable {
    /// What the exposition says of each family.
    package static let definitions: [MetricDefinition] = [
        .counter("metallb_k8s_client_updates_total", help: "Changes in the API that were worked through."),
        .counter(
            "metallb_k8s_client_update_errors_total",
            help: "Changes that could not be worked through: objects that do not decode, and failed writes."),
        .gauge("metallb_k8s_client_config_loaded_bool", help: "1 if a configuration was valid since the start."),
        .gauge(
            "metallb_k8s_client_config_stale_bool",
            help: "1 if the configuration is invalid and the last good one is in force."),
    ]

    private let updates = Counter(label: "metallb_k8s_client_updates_total")
    private let errors = Counter(label: "metallb_k8s_client_update_errors_total")
    private let loaded = Gauge(label: "metallb_k8s_client_config_loaded_bool")
    private let stale = Gauge(label: "metallb_k8s_client_config_stale_bool")

    package init() {}

    package func updated() { updates.increment() }
    package func failed() { errors.increment() }

    /// How it stands with the configuration.
    package func record(isLoaded: Bool, isStale: Bool) {
        loaded.record(isLoaded ? 1 : 0)
        stale.record(isStale ? 1 : 0)
    }
}
