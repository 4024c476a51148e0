import Allocation
import Metrics
package import Telemetry

/// The controller's metrics; MetalLB's names where the meaning is the same.
package struct ControllerMetrics: Sendable {
    /// What the exposition says of each family.
    package static let definitions: [MetricDefinition] =
        [
            .gauge("metallb_allocator_addresses_total", help: "Usable addresses of a pool."),
            .gauge("metallb_allocator_ipv4_addresses_total", help: "Usable IPv4 addresses of a pool."),
            .gauge("metallb_allocator_ipv6_addresses_total", help: "Usable IPv6 addresses of a pool."),
            .gauge("metallb_allocator_addresses_in_use_total", help: "Addresses of a pool that Services have."),
            .gauge(
                "metallb_allocator_ipv4_addresses_in_use_total", help: "IPv4 addresses of a pool that Services have."),
            .gauge(
                "metallb_allocator_ipv6_addresses_in_use_total", help: "IPv6 addresses of a pool that Services have."),
            .gauge("toono_controller_services_allocated", help: "Services that have addresses."),
            .gauge("toono_controller_services_refused", help: "Services that lack something, by reason."),
            .gauge(
                "toono_controller_services_foreign", help: "Services and PoolServices of a class that is another's."),
            .gauge("toono_controller_queue_depth", help: "Objects that wait for a worker or are worked on."),
            .gauge("toono_controller_queue_failing", help: "Objects whose last write failed."),
            .histogram("toono_controller_reconcile_seconds", help: "Time to bring one object to what it should be."),
            .histogram("toono_api_request_seconds", help: "Time that the API server took for a request, by method."),
        ] + KubernetesMetrics.definitions

    private let kubernetes = KubernetesMetrics()
    private let reconcile = Timer(label: "toono_controller_reconcile_seconds")
    private let allocated = Gauge(label: "toono_controller_services_allocated")
    private let foreign = Gauge(label: "toono_controller_services_foreign")
    private let depth = Gauge(label: "toono_controller_queue_depth")
    private let failing = Gauge(label: "toono_controller_queue_failing")
    /// By the pool's name.
    private var pools: [String: PoolGauges] = [:]
    /// By the name of the reason.
    private var refused: [String: Gauge] = [:]

    func reconciled(in duration: Duration) {
        kubernetes.updated()
        reconcile.record(duration: duration)
    }
    func failed() { kubernetes.failed() }

    /// Brings the gauges up to date.
    mutating func update(_ state: ControllerState, depth: Int, failing: Int) {
        self.depth.record(depth)
        self.failing.record(failing)
        kubernetes.record(isLoaded: state.hasConfiguration, isStale: !state.isConfigurationValid)
        allocated.record(state.allocator.assignmentCount)
        foreign.record(state.allocator.foreignCount)
        let usage = state.allocator.usage
        let names = Set(usage.map(\.pool))
        for name in pools.keys where !names.contains(name) { pools.removeValue(forKey: name)?.destroy() }
        for pool in usage {
            let gauges = pools[pool.pool] ?? PoolGauges(pool: pool.pool)
            gauges.record(pool)
            pools[pool.pool] = gauges
        }
        let counts = state.refusalCounts
        for reason in Set(counts.keys).union(refused.keys) {
            let gauge =
                refused[reason] ?? Gauge(label: "toono_controller_services_refused", dimensions: [("reason", reason)])
            gauge.record(counts[reason, default: 0])
            refused[reason] = gauge
        }
    }
}

/// The gauges of one pool.
private struct PoolGauges {
    private let total: [Gauge]
    private let inUse: [Gauge]

    init(pool: String) {
        func gauges(_ suffix: String) -> [Gauge] {
            ["", "ipv4_", "ipv6_"].map {
                Gauge(label: "metallb_allocator_\($0)addresses_\(suffix)", dimensions: [("pool", pool)])
            }
        }
        total = gauges("total")
        inUse = gauges("in_use_total")
    }

    func record(_ usage: PoolUsage) {
        let assigned = [usage.assignedIPv4, usage.assignedIPv6].map(Double.init)
        let capacity = [
            Double(usage.assignedIPv4) + Double(usage.availableIPv4),
            Double(usage.assignedIPv6) + Double(usage.availableIPv6),
        ]
        for (gauge, value) in zip(total, [capacity[0] + capacity[1]] + capacity) { gauge.record(value) }
        for (gauge, value) in zip(inUse, [assigned[0] + assigned[1]] + assigned) { gauge.record(value) }
    }

    /// Takes the series of a pool that is gone out of the exposition.
    func destroy() {
        for gauge in total + inUse { gauge.destroy() }
    }
}
