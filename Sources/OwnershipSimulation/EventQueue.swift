/// Things to come, by virtual time; equal times in the order they were put in.
struct EventQueue<Event: Sendable>: Sendable {
    private struct Entry: Sendable {
        var at: Int64
        var order: UInt64
        var event: Event

        func isBefore(_ other: Entry) -> Bool { at == other.at ? order < other.order : at < other.at }
    }

    private var heap: [Entry] = []
    private var nextOrder: UInt64 = 0

    /// When the next one is due, in nanoseconds.
    var next: Int64? { heap.first?.at }

    mutating func add(_ event: Event, at time: Int64) {
        heap.append(Entry(at: time, order: nextOrder, event: event))
        nextOrder += 1
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func pop() -> (at: Int64, event: Event)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            let left = 2 * parent + 1
            guard left < heap.count else { break }
            let right = left + 1
            let child = right < heap.count && heap[right].isBefore(heap[left]) ? right : left
            guard heap[child].isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            parent = child
        }
        return (first.at, first.event)
    }
}
