import DequeModule
import HeapModule
package import KubernetesClient

/// A queue of keys: each is in it at most once, none is worked on twice at the same time, and one that fails waits by
/// itself while the others go on.
package struct WorkQueue<Key: Hashable & Sendable>: Sendable {
    package typealias Instant = ContinuousClock.Instant

    private struct Delayed: Comparable, Sendable {
        var due: Instant
        /// Keeps those that are due at the same time in their order.
        var sequence: UInt64
        var key: Key

        static func == (left: Delayed, right: Delayed) -> Bool { left.sequence == right.sequence }
        static func < (left: Delayed, right: Delayed) -> Bool {
            (left.due, left.sequence) < (right.due, right.sequence)
        }
    }

    private var ready: Deque<Key> = []
    /// Keys that are to be worked on as soon as it is their turn; those in progress are not in `ready` at the same time.
    private var pending: Set<Key> = []
    private var inProgress: Set<Key> = []
    private var delayed: Heap<Delayed> = []
    /// When a delayed key is due; entries of the heap that differ are void.
    private var dueTimes: [Key: Instant] = [:]
    private var failures: [Key: Backoff] = [:]
    private var sequence: UInt64 = 0
    private let backoff: Backoff

    /// - Parameter backoff: for keys that fail.
    package init(backoff: Backoff = Backoff(base: .milliseconds(200), cap: .seconds(60))) { self.backoff = backoff }

    /// Keys that wait or are worked on.
    package var depth: Int { pending.union(inProgress).count + dueTimes.count }

    /// Keys whose last attempt failed.
    package var failing: Int { failures.count }

    /// How often a key has failed in a row.
    package func failures(of key: Key) -> Int { failures[key]?.failures ?? 0 }

    /// Puts a key in the queue, behind the others. A delayed key comes forward.
    package mutating func add(_ key: Key) {
        dueTimes[key] = nil
        guard pending.insert(key).inserted, !inProgress.contains(key) else { return }
        ready.append(key)
    }

    /// Puts a key in the queue at a later time, unless it comes sooner anyway.
    package mutating func add(_ key: Key, at due: Instant) {
        if pending.contains(key) { return }
        if let known = dueTimes[key], known <= due { return }
        dueTimes[key] = due
        sequence += 1
        delayed.insert(Delayed(due: due, sequence: sequence, key: key))
    }

    /// The next key to work on, which the caller ends with `finish` or `fail`.
    package mutating func next(at now: Instant) -> Key? {
        while let first = delayed.min, first.due <= now || dueTimes[first.key] != first.due {
            delayed.removeMin()
            if dueTimes[first.key] == first.due { add(first.key) }
        }
        guard let key = ready.popFirst() else { return nil }
        pending.remove(key)
        inProgress.insert(key)
        return key
    }

    /// When a delayed key is due next.
    package var nextDeadline: Instant? { delayed.min?.due }

    /// The work on a key is done. If it was added again meanwhile, it is next in line.
    package mutating func finish(_ key: Key) {
        failures[key] = nil
        end(key)
    }

    /// The work on a key failed: it comes again later, the later the more often it failed.
    package mutating func fail(
        _ key: Key, at now: Instant, retryAfter: Duration? = nil, using random: inout some RandomNumberGenerator
    ) {
        let delay = failures[key, default: backoff].fail(retryAfter: retryAfter, using: &random)
        // What came in meanwhile waits with it.
        pending.remove(key)
        end(key)
        add(key, at: now + delay)
    }

    /// Forgets a key, whose object is gone.
    package mutating func forget(_ key: Key) {
        failures[key] = nil
        dueTimes[key] = nil
    }

    private mutating func end(_ key: Key) {
        inProgress.remove(key)
        if pending.contains(key) { ready.append(key) }
    }
}
