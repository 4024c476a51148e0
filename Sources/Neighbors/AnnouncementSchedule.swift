package import Addresses

/// When to tell the neighbours of the addresses owned on one link: a burst after each gain, then a refresh.
///
/// Pure: whoever owns the clock asks what is due and when to ask again. The clock is any that counts up.
package struct AnnouncementSchedule: Sendable {
    /// After a gain, how long until each announcement: the later ones reach who lost the first, and neighbours whose entry
    /// was too young to be changed (`locktime`).
    package static let burst: [Duration] = [
        .zero, .milliseconds(100), .milliseconds(500), .milliseconds(1200), .seconds(3),
    ]
    /// Time between two refreshes.
    package static let refreshInterval = Duration.seconds(60)

    private struct Entry {
        var gained: Duration
        /// Announcements made since.
        var count = 0

        var due: Duration {
            count < burst.count
                ? gained + burst[count] : gained + burst[burst.count - 1] + refreshInterval * (count - burst.count + 1)
        }
    }

    private var entries: [IPAddress: Entry] = [:]

    package init() {}

    /// The addresses announced.
    package var addresses: Set<IPAddress> { Set(entries.keys) }

    /// Starts a burst for addresses that were gained, or that need telling again.
    package mutating func start(_ addresses: some Sequence<IPAddress>, at now: Duration) {
        for address in addresses { entries[address] = Entry(gained: now) }
    }

    /// Stops announcing addresses.
    package mutating func stop(_ addresses: some Sequence<IPAddress>) {
        for address in addresses { entries[address] = nil }
    }

    /// When something is due next.
    package var nextDeadline: Duration? { entries.values.lazy.map(\.due).min() }

    /// The addresses to announce now, in order. One that is late by more than one step is announced once.
    package mutating func due(at now: Duration) -> [IPAddress] {
        var due: [IPAddress] = []
        for (address, entry) in entries where entry.due <= now {
            var entry = entry
            repeat { entry.count += 1 } while entry.due <= now
            entries[address] = entry
            due.append(address)
        }
        return due.sorted()
    }
}
