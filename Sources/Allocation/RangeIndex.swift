import Addresses

/// Finds the range that holds an address, among all ranges of all pools, which never overlap.
struct RangeIndex: Sendable {
    /// A range by its pool's place and its own place in the pool.
    struct Position: Sendable, Hashable {
        var pool: Int
        var range: Int
    }

    private struct Entry {
        var lower: UInt128
        var upper: UInt128
        var position: Position
    }

    private var v4: [Entry] = []
    private var v6: [Entry] = []

    init(_ pools: [PoolState]) {
        for (pool, state) in pools.enumerated() {
            for (range, rangeState) in state.ranges.enumerated() {
                let bounds = rangeState.space.range
                let entry = Entry(
                    lower: bounds.lower, upper: bounds.upper, position: Position(pool: pool, range: range))
                if bounds.family == .ipv4 { v4.append(entry) } else { v6.append(entry) }
            }
        }
        v4.sort { $0.lower < $1.lower }
        v6.sort { $0.lower < $1.lower }
    }

    /// Where an address belongs, or nil if it is in no pool.
    func position(of address: IPAddress) -> Position? {
        let entries = address.family == .ipv4 ? v4 : v6
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].lower <= address.bits { low = middle + 1 } else { high = middle }
        }
        guard low > 0, address.bits <= entries[low - 1].upper else { return nil }
        return entries[low - 1].position
    }
}
