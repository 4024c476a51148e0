import Allocation
package import KubernetesObjects

/// What a piece of work is about. Queues carry keys; whoever does the work looks at the newest state.
package enum WorkKey: Sendable, Hashable {
    /// Read the pools and advertisements anew.
    case configuration
    /// Bring the resources that a legacy ConfigMap or NodePools stand for in line with them.
    case legacyConfiguration
    /// Report whether the configuration is valid.
    case configurationState
    /// Report how full a pool is, by its name.
    case poolStatus(String)
    /// Decide about a Service and write its status.
    case service(ObjectKey)
    /// Decide about a PoolService and write its status.
    case poolService(ObjectKey)
    /// Make the speakers' key, if there is none.
    case helloKey
    /// Bring the gauges up to date.
    case metrics
}

extension WorkKey {
    /// The work for a holder of addresses, by its name in the allocator's book.
    init(holder: ObjectKey) {
        self = PoolService.key(ofHolder: holder).map { .poolService($0) } ?? .service(holder)
    }

    /// True for the work for a holder of addresses.
    var isOfHolder: Bool {
        switch self {
        case .service, .poolService: true
        default: false
        }
    }
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
        case .poolService(let key): "PoolService \(key)"
        case .helloKey: "Secret with the speakers' key"
        case .metrics: "metrics"
        }
    }
}
