package import KubernetesObjects

/// What is to be told to whoever looks at an object with `kubectl describe`.
package struct EventReport: Sendable, Hashable {
    /// Kubernetes knows these two.
    package enum Level: String, Sendable, Hashable { case normal = "Normal", warning = "Warning" }

    package var level: Level
    /// One word in camel case, for programs.
    package var reason: String
    /// For people; at most 1024 bytes reach the server.
    package var message: String
    package var regarding: ObjectReference

    package init(level: Level, reason: String, message: String, regarding: ObjectReference) {
        self.level = level
        self.reason = reason
        self.message = message
        self.regarding = regarding
    }
}

/// Decides whether a report becomes a new event, counts up an old one or is dropped, as client-go's correlator does:
/// the same report within ten minutes counts the event up, and each object has a bucket of 25 events that one refills
/// every five minutes, so that no loop fills etcd.
package struct EventJournal: Sendable {
    package typealias Instant = ContinuousClock.Instant

    package enum Decision: Sendable, Hashable {
        case create
        /// The event of this name is to show this count from now on.
        case countUp(name: String, count: Int)
        /// The object had its share of events.
        case drop
    }

    private struct Entry {
        var name: String
        var count: Int
        var lastSeen: Instant
    }

    private struct Bucket {
        var tokens: Double
        var filledAt: Instant
    }

    private static let window = Duration.seconds(600)
    private static let burst = 25.0
    private static let refill = Duration.seconds(300)
    /// As many objects and events are remembered; the oldest go first.
    private let capacity: Int

    private var entries: [EventReport: Entry] = [:]
    private var buckets: [ObjectReference: Bucket] = [:]

    package init(capacity: Int = 4096) { self.capacity = capacity }

    /// What to do with a report. A decision to write takes one of the object's tokens.
    package mutating func decide(_ report: EventReport, at now: Instant) -> Decision {
        guard takeToken(of: report.regarding, at: now) else { return .drop }
        guard var entry = entries[report], now - entry.lastSeen <= Self.window else { return .create }
        entry.count += 1
        entry.lastSeen = now
        entries[report] = entry
        return .countUp(name: entry.name, count: entry.count)
    }

    /// The report was written as a new event.
    package mutating func created(_ report: EventReport, name: String, at now: Instant) {
        if entries.count >= capacity { entries = Self.newerHalf(of: entries, by: \.lastSeen) }
        entries[report] = Entry(name: name, count: 1, lastSeen: now)
    }

    /// The event is gone (they live for an hour): the next report makes a new one.
    package mutating func vanished(_ report: EventReport) { entries[report] = nil }

    private mutating func takeToken(of object: ObjectReference, at now: Instant) -> Bool {
        if buckets[object] == nil, buckets.count >= capacity {
            buckets = Self.newerHalf(of: buckets, by: \.filledAt)
        }
        var bucket = buckets[object] ?? Bucket(tokens: Self.burst, filledAt: now)
        bucket.tokens = min(Self.burst, bucket.tokens + (now - bucket.filledAt) / Self.refill)
        bucket.filledAt = now
        let isAllowed = bucket.tokens >= 1
        if isAllowed { bucket.tokens -= 1 }
        buckets[object] = bucket
        return isAllowed
    }

    private static func newerHalf<Key: Hashable, Value>(
        of all: [Key: Value], by time: (Value) -> Instant
    ) -> [Key: Value] {
        let times = all.values.map(time).sorted()
        let middle = times[times.count / 2]
        return all.filter { time($0.value) > middle }
    }
}
