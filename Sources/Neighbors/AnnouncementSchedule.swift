package import Addresses

/// When to tell the neighbours of the addresses gained on one link: a burst of announcements after each gain.
///
/// Pure: whoever owns the clock asks what is due and when to ask again. The clock is any that counts up.
package struct AnnouncementSchedule: Sendable {
    /// After a gain, how long until each announcement: the later ones reach who lost the first, and neighbours whose entry
    /// was too young to be changed (`locktime`).
    package static let burst: [Duration] = [
        .zero, .milliseconds(100), .milliseconds(500), .milliseconds(1200), .seconds(3),
    ]

    private struct Entry {
        var gained: Duration
        /// Announcements made since; fewer than the burst has.
        var count = 0

        var due: Duration { gained + burst[count] }
    }

    private var entries: [IPAddress: Entry] = [:]
    /// When something is due next; nil between bursts.
    package private(set) var nextDeadline: Duration?

    package init() {}

    /// Starts a burst for addresses that were gained, or that need telling again.
    package mutating func start(_ addresses: some Sequence<IPAddress>, at now: Duration) {
        for address in addresses {
            entries[address] = Entry(gained: now)
            nextDeadline = min(nextDeadline ?? now, now)
        }
    }

    /// Ends the bursts of addresses that are announced no more.
    package mutating func stop(_ addresses: some Sequence<IPAddress>) {
        for address in addresses { entries[address] = nil }
        if entries.isEmpty { nextDeadline = nil }
    }

    /// The addresses to announce now, in order. One that is late by more than one step is announced once.
    package mutating func due(at now: Duration) -> [IPAddress] {
        guard let deadline = nextDeadline, deadline <= now else { return [] }
        var due: [IPAddress] = []
        for (address, entry) in entries where entry.due <= now {
            let next = Self.burst.firstIndex { entry.gained + $0 > now }
            entries[address] = next.map { Entry(gained: entry.gained, count: $0) }
            due.append(address)
        }
        nextDeadline = entries.values.lazy.map(\.due).min()
        return due.sorted()
    }
}
