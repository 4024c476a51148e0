import Addresses
package import ClusterConfiguration
import KubernetesObjects

extension Allocator {
    /// Puts other pools in force. Nobody loses an address by this call; `reconcile` of each Service says who may keep
    /// what it has.
    /// - Returns: false if the pools are the same as before, so that no Service needs another look.
    @discardableResult
    package mutating func setConfiguration(_ configuration: Configuration) -> Bool {
        let hasSamePools = self.configuration.pools == configuration.pools
        self.configuration = configuration
        if hasSamePools { return false }
        build()
        hasFreed = true
        return true
    }

    /// Derives the pools' state from the configuration and from what is in use.
    mutating func build() {
        let resting = pools.flatMap { $0.ranges.flatMap(\.restingAddresses) }
        pools = configuration.pools.sorted { $0.name < $1.name }.map(PoolState.init)
        poolByName = Dictionary(
            pools.enumerated().map { ($1.name, $0) }, uniquingKeysWith: { first, _ in first })
        ranges = RangeIndex(pools)
        let automatic = pools.indices.filter { pools[$0].pool.autoAssign }
        openOrder = automatic.filter { pools[$0].pool.serviceAllocation == nil }
        pinnedOrder = automatic.filter { pools[$0].pool.serviceAllocation != nil }.sorted { left, right in
            let (first, second) = (rank(left), rank(right))
            return first == second ? left < right : first < second
        }
        for rest in resting.sorted(by: { $0.end < $1.end }) {
            guard let position = ranges.position(of: rest.address) else { continue }
            pools[position.pool].ranges[position.range].take(rest.address)
            pools[position.pool].ranges[position.range].free(rest.address, restUntil: rest.end)
        }
        for address in uses.keys {
            guard let position = ranges.position(of: address) else { continue }
            pools[position.pool].ranges[position.range].take(address)
            pools[position.pool].assigned[address.family, default: 0] += 1
        }
        let held = assignments.map { ($0.key, $0.value.addresses) } + leaving.map { ($0.key, Array($0.value.keys)) }
        for (key, addresses) in held {
            for address in addresses {
                guard let position = ranges.position(of: address) else { continue }
                pools[position.pool].users[key.namespace, default: 0] += 1
            }
        }
    }

    /// The priority as an order: 0, which is the same as none, comes last.
    private func rank(_ index: Int) -> Int {
        let priority = pools[index].pool.serviceAllocation?.priority ?? 0
        return priority == 0 ? .max : priority
    }
}
