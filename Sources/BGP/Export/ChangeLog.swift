/// Which routes came to be what they are now, in the order of their changes: all of one attribute set, or all that
/// were withdrawn. Every peer reads it at its own pace and keeps no more than a position, so that a slow peer costs
/// nothing, and ten changes of a route while it is slow are one.
struct ChangeLog: Sendable {
    struct Entry: Sendable {
        /// The number of the change; entries are in its order.
        var change: UInt64
        var slot: UInt32
    }

    private(set) var entries: [Entry] = []
    /// The number of entries that still tell the truth.
    private(set) var liveCount = 0

    /// The number of the last change.
    var last: UInt64 { entries.last?.change ?? 0 }

    mutating func append(change: UInt64, slot: Int) {
        entries.append(Entry(change: change, slot: UInt32(truncatingIfNeeded: slot)))
        liveCount += 1
    }

    /// Notes that the route of one entry has changed since. When most entries are stale they are dropped, so that the
    /// log is never much longer than the number of its routes, whatever any peer does.
    /// `changes` has the last change of each slot.
    mutating func makeStale(changes: [UInt64]) {
        liveCount -= 1
        if liveCount == 0 {
            entries.removeAll(keepingCapacity: entries.capacity <= 1024)
        } else if entries.count > 2 * liveCount + 64 {
            entries.removeAll { changes[Int($0.slot)] != $0.change }
        }
    }

    /// The index of the first entry after a change.
    func index(after change: UInt64) -> Int {
        var low = 0
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].change <= change { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
