package import KubernetesObjects

/// What a piece of work is about. Queues carry keys; whoever does the work looks at the newest state.
package enum WorkKey: Sendable, Hashable {
    /// Read the pools and advertisements anew.
    case configuration
    /// Bring the resources that a legacy ConfigMap stands for in line with it.
    case legacyConfiguration
    /// Report whether the configuration is valid.
    case configurationState
    /// Report how full a pool is, by its name.
    case poolStatus(String)
    /// Decide about a Service and write its status.
    case service(ObjectKey)
    /// Make the speakers' key, if there is none.
    case helloKey
    /// Bring the gauges up to date.
    case metrics
}

extension WorkKey: CustomStringConvertible {
    /// For people: `Service default/web`.
    package var description: String {
        switch self {
        case .configuration: "configuration"
        case .legacyConfiguration: "resources of the legacy ConfigMap"
        case .configurationState: "ConfigurationState"
        case .poolStatus(let name): "status of IPAddressPool \(name)"
        case .service(let key): "Service \(key)"
        case .helloKey: "Secret with the speakers' key"
        case .metrics: "metrics"
        }
    }
}
