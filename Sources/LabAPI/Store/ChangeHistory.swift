/// The newest changes of one storage, oldest first: what watches read from and old lists are rebuilt with.
package struct ChangeHistory: Sendable {
    /// One change with both states.
    package struct Entry: Sendable {
        package var revision: Int64
        package var kind: StoredChange.Kind
        /// The state after the change; for a deletion the last state with the deletion's revision.
        package var object: StoredObject
        package var old: StoredObject?
    }

    /// The revision after which every change is known: older ones have been forgotten.
    package private(set) var floor: Int64
    private let capacity: Int
    private var entries: [Entry] = []
    /// Entries before it are forgotten, and removed in bulk.
    private var start = 0

    package init(floor: Int64, capacity: Int) {
        self.floor = floor
        self.capacity = capacity
    }

    package mutating func append(_ entry: Entry) {
        entries.append(entry)
        if entries.count - start > capacity {
            floor = entries[start].revision
            start += 1
        }
        if start > capacity {
            entries.removeFirst(start)
            start = 0
        }
    }

    /// Forgets everything up to a revision.
    package mutating func compact(to revision: Int64) {
        while start < entries.count, entries[start].revision <= revision { start += 1 }
        floor = max(floor, revision)
    }

    /// The changes after a revision, oldest first. Meaningful for revisions from `floor` on.
    package func after(_ revision: Int64) -> ArraySlice<Entry> {
        var low = start
        var high = entries.count
        while low < high {
            let middle = (low + high) / 2
            if entries[middle].revision <= revision { low = middle + 1 } else { high = middle }
        }
        return entries[low...]
    }
}
