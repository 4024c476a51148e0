import Addresses
import ClusterConfiguration
import KubernetesObjects

/// A pool with what is taken of it.
struct PoolState: Sendable {
    let pool: AddressPool
    /// In the order of the resource.
    var ranges: [RangeState]
    /// The number of usable addresses by family, saturating.
    let capacity: [IPFamily: UInt128]
    /// The number of distinct addresses in use by family.
    var assigned: [IPFamily: Int] = [:]
    /// How many addresses each namespace's Services use, for the words of a refusal.
    var users: [String: Int] = [:]

    init(_ pool: AddressPool) {
        self.pool = pool
        ranges = pool.ranges.map { RangeState(AddressSpace($0, avoidBuggyIPs: pool.avoidBuggyIPs)) }
        var capacity: [IPFamily: UInt128] = [:]
        for range in ranges {
            let sum = capacity[range.space.range.family, default: 0].addingReportingOverflow(range.space.count)
            capacity[range.space.range.family] = sum.overflow ? .max : sum.partialValue
        }
        self.capacity = capacity
    }

    var name: String { pool.name }
    /// True if the pool gives addresses without being asked for by name.
    var isAutomatic: Bool { pool.autoAssign }

    /// The pool's numbers for its status.
    var usage: PoolUsage {
        PoolUsage(
            pool: pool.name, assignedIPv4: Int64(clamping: assigned[.ipv4, default: 0]),
            assignedIPv6: Int64(clamping: assigned[.ipv6, default: 0]), availableIPv4: available(.ipv4),
            availableIPv6: available(.ipv6))
    }

    private func available(_ family: IPFamily) -> Int64 {
        let used = UInt128(assigned[family, default: 0])
        let capacity = capacity[family, default: 0]
        return capacity <= used ? 0 : Int64(clamping: capacity - used)
    }

    /// True if the pool has addresses of the family at all.
    func serves(_ family: IPFamily) -> Bool { capacity[family, default: 0] > 0 }

    /// True if the Service may have an address of this pool at all. A pool that is pinned to namespaces by selectors
    /// which match none of them is for nobody; the absence of a match never turns into permission for everybody.
    ///
    /// A pool of a node pool is for that node pool's share of a Service and nothing else, and such a share has no other:
    /// an address of another site's network would lead nowhere.
    func admits(_ request: ServiceRequest) -> Bool {
        guard isOf(request.nodePool) else { return false }
        guard let allocation = pool.serviceAllocation else { return true }
        let isForAllNamespaces = allocation.namespaces.isEmpty && allocation.namespaceSelectors.isEmpty
        let isOfNamespace =
            isForAllNamespaces || allocation.namespaces.contains(request.key.namespace)
            || request.namespaceLabels.map { labels in
                allocation.namespaceSelectors.contains { $0.matches(labels) }
            } ?? false
        return isOfNamespace && allocation.serviceSelectors.admits(request.labels)
    }

    /// True for a pool of this node pool; for nil, for a pool of none.
    func isOf(_ nodePool: ServiceRequest.NodePoolFacts?) -> Bool {
        guard let binding = pool.nodePools else { return nodePool == nil }
        return nodePool.map { binding.admits($0.name, labels: $0.labels) } ?? false
    }
}
