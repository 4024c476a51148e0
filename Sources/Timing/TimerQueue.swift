/// Deadlines by key, the earliest first. A key has one deadline; equal deadlines come in the order they were set.
package struct TimerQueue<Key: Hashable & Sendable>: Sendable {
    private struct Entry: Sendable {
        var at: Instant
        var order: UInt64
        var key: Key

        func isBefore(_ other: Entry) -> Bool { at == other.at ? order < other.order : at < other.at }
    }

    /// A binary heap; entries whose order is no longer that of their key are stale.
    private var heap: [Entry] = []
    private var current: [Key: (at: Instant, order: UInt64)] = [:]
    private var nextOrder: UInt64 = 0

    /// A queue without deadlines.
    package init() {}

    /// The earliest deadline.
    package var next: Instant? { heap.first?.at }

    /// The deadline of a key.
    package subscript(key: Key) -> Instant? { current[key]?.at }

    /// Sets the deadline of a key in place of any it had.
    package mutating func set(_ key: Key, at instant: Instant) {
        if current[key]?.at == instant { return }
        current[key] = (instant, nextOrder)
        push(Entry(at: instant, order: nextOrder, key: key))
        nextOrder += 1
        dropStale()
    }

    /// Sets the deadline unless the key has an earlier one, whose handler sets the right one then. This spares the
    /// heap an entry for each hello that only puts a deadline off.
    package mutating func setIfEarlier(_ key: Key, at instant: Instant) {
        if let set = current[key]?.at, set <= instant { return }
        set(key, at: instant)
    }

    /// Removes the deadline of a key.
    package mutating func cancel(_ key: Key) {
        if current.removeValue(forKey: key) != nil { dropStale() }
    }

    /// Removes and returns the earliest key whose deadline has come.
    package mutating func popDue(at now: Instant) -> Key? {
        guard let first = heap.first, first.at <= now else { return nil }
        current[first.key] = nil
        dropStale()
        return first.key
    }

    /// Keeps the front of the heap true, so that `next` needs no search.
    private mutating func dropStale() {
        while let first = heap.first, current[first.key]?.order != first.order { pop() }
        if heap.count > 64 && heap.count > 4 * current.count {
            heap = heap.filter { current[$0.key]?.order == $0.order }.sorted { $0.isBefore($1) }
        }
    }

    private mutating func push(_ entry: Entry) {
        heap.append(entry)
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func pop() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { return }
            let right = left + 1
            let child = right < heap.count && heap[right].isBefore(heap[left]) ? right : left
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            parent = child
        }
    }
}
