import Addresses
import KubernetesObjects

extension Resolver {
    /// Checks the pools, which come in order of name.
    mutating func resolvePools(_ pools: [IPAddressPool]) -> [AddressPool] {
        refuseSecondOfAName(pools)
        var entries: [Entry] = []
        var resolved: [AddressPool] = []
        for (index, pool) in pools.enumerated() {
            let addresses = pool.spec.addresses ?? []
            if addresses.isEmpty {
                refuse(pool, "spec.addresses", nil, "the pool is empty: it needs at least one prefix or range")
            }
            var ranges: [IPRange] = []
            for (position, text) in addresses.enumerated() {
                do throws(PoolEntry.Problem) {
                    let range = try PoolEntry.range(text)
                    if let caution = PoolEntry.caution(text) {
                        warn(pool, "spec.addresses[\(position)]", text, caution)
                    }
                    ranges.append(range)
                    entries.append(Entry(range: range, text: text, pool: index, position: position))
                } catch {
                    refuse(pool, "spec.addresses[\(position)]", text, error.message)
                }
            }
            resolved.append(
                AddressPool(
                    name: pool.metadata.name, labels: pool.metadata.labels, ranges: ranges,
                    autoAssign: pool.spec.autoAssign ?? true, avoidBuggyIPs: pool.spec.avoidBuggyIPs ?? false,
                    serviceAllocation: resolveAllocation(pool), nodePools: resolveNodePools(pool)))
        }
        refuseOverlaps(entries, pools)
        return resolved
    }

    /// One entry of one pool.
    private struct Entry {
        var range: IPRange
        var text: String
        /// Where the pool stands in order of name.
        var pool: Int
        /// Where the entry stands in its pool.
        var position: Int
    }

    private mutating func resolveAllocation(_ pool: IPAddressPool) -> AddressPool.ServiceAllocation? {
        guard let allocation = pool.spec.serviceAllocation else { return nil }
        let path = "spec.serviceAllocation"
        refuseDuplicates(pool, "\(path).namespaces", allocation.namespaces)
        for (index, namespace) in (allocation.namespaces ?? []).enumerated() where !LabelSyntax.isDNSLabel(namespace) {
            refuse(pool, "\(path).namespaces[\(index)]", namespace, "is no name of a namespace")
        }
        checkSelectors(pool, "\(path).namespaceSelectors", allocation.namespaceSelectors)
        checkSelectors(pool, "\(path).serviceSelectors", allocation.serviceSelectors)
        return AddressPool.ServiceAllocation(
            priority: allocation.priority ?? 0, namespaces: allocation.namespaces ?? [],
            namespaceSelectors: allocation.namespaceSelectors ?? [],
            serviceSelectors: allocation.serviceSelectors ?? [])
    }

    private mutating func resolveNodePools(_ pool: IPAddressPool) -> NodePoolBinding? {
        let name = pool.metadata.labels[NodePoolBinding.label].flatMap { $0.isEmpty ? nil : $0 }
        let path = "metadata.annotations[\(NodePoolBinding.selectorAnnotation)]"
        guard let text = pool.metadata.annotations[NodePoolBinding.selectorAnnotation] else {
            return name.map { .name($0) }
        }
        if name != nil {
            refuse(
                pool, path, text, "stands beside the label \(NodePoolBinding.label); one of the two says for whom it is"
            )
        }
        do {
            let query = try LabelQuery(reading: text)
            if query.isEmpty { refuse(pool, path, text, "selects every node pool; one network is not at every site") }
            return .selector(query)
        } catch {
            refuse(pool, path, text, "is no selector of NodePools: \(error.message)")
            return nil
        }
    }

    /// Refuses each entry that shares an address with another one: of one pool at the later one, of two pools at both, so
    /// that whoever looks at either sees the other. Of several that an entry overlaps, one is named: the one that reaches
    /// furthest.
    private mutating func refuseOverlaps(_ entries: [Entry], _ pools: [IPAddressPool]) {
        let sorted = entries.sorted {
            ($0.range.family, $0.range.lower, $0.pool, $0.position)
                < ($1.range.family, $1.range.lower, $1.pool, $1.position)
        }
        var overlaps: [(refused: Entry, other: Entry)] = []
        var furthest: Entry?
        for entry in sorted {
            if let before = furthest, before.range.overlaps(entry.range) {
                let entryIsLater = (before.pool, before.position) < (entry.pool, entry.position)
                if entryIsLater || before.pool != entry.pool { overlaps.append((entry, before)) }
                if !entryIsLater || before.pool != entry.pool { overlaps.append((before, entry)) }
                if entry.range.upper > before.range.upper { furthest = entry }
            } else {
                furthest = entry
            }
        }
        overlaps.sort {
            ($0.refused.pool, $0.refused.position, $0.other.pool, $0.other.position)
                < ($1.refused.pool, $1.refused.position, $1.other.pool, $1.other.position)
        }
        for (refused, other) in overlaps {
            let place = "\"\(other.text.abridged)\", spec.addresses[\(other.position)]"
            refuse(
                pools[refused.pool], "spec.addresses[\(refused.position)]", refused.text,
                refused.pool == other.pool
                    ? "overlaps with \(place) of the same pool"
                    : "overlaps with \(place) of IPAddressPool \(pools[other.pool].metadata.name)")
        }
    }
}
