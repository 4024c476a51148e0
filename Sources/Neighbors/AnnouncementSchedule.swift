package import Addresses

/// When to tell the neighbours of the addresses gained on one link: a burst of announcements after each gain.
///
/// Pure: whoever owns the clock asks what is due and when to ask again. The clock is any that counts up. Addresses gained
/// together stay together, so that the work is in proportion to what is announced, however many wait.
package struct AnnouncementSchedule: Sendable {
    /// After a gain, how long until each announcement: the later ones reach who lost the first, and neighbours whose entry
    /// was too young to be changed (`locktime`).
    package static let burst: [Duration] = [
        .zero, .milliseconds(100), .milliseconds(500), .milliseconds(1200), .seconds(3),
    ]

    /// What was gained at one moment.
    private struct Group {
        var gained: Duration
        /// In no order; some may have been stopped or started anew since.
        var addresses: [IPAddress]
        /// How many of them are still of this group.
        var remaining: Int
    }

    /// By number.
    private var groups: [Int: Group] = [:]
    private var nextNumber = 0
    /// The numbers of the groups whose next announcement is the one of that position in the burst, in the order in which
    /// they were gained, which is the order in which they are due. The first of each is a group that still has members.
    private var queues: [[Int]] = Array(repeating: [], count: burst.count)
    /// The group that each address is of.
    private var numbers: [IPAddress: Int] = [:]
    /// When something is due next; nil between bursts.
    package private(set) var nextDeadline: Duration?

    package init() {}

    /// Starts a burst for addresses that were gained, or that need telling again.
    package mutating func start(_ addresses: some Sequence<IPAddress>, at now: Duration) {
        let number = nextNumber
        nextNumber += 1
        var gained: [IPAddress] = []
        for address in addresses {
            if let old = numbers.updateValue(number, forKey: address) {
                if old == number { continue }
                leave(old)
            }
            gained.append(address)
        }
        guard !gained.isEmpty else { return }
        groups[number] = Group(gained: now, addresses: gained, remaining: gained.count)
        queues[0].append(number)
        update()
    }

    /// Ends the bursts of addresses that are announced no more.
    package mutating func stop(_ addresses: some Sequence<IPAddress>) {
        for address in addresses {
            if let number = numbers.removeValue(forKey: address) { leave(number) }
        }
        update()
    }

    /// The addresses to announce now, in order. One that is late by more than one step is announced once.
    package mutating func due(at now: Duration) -> [IPAddress] {
        var due: [IPAddress] = []
        // From the last position to the first, so that who moves on is not looked at again, and comes behind those that
        // were gained before him.
        for position in queues.indices.reversed() {
            let ready = queues[position].prefix { groups[$0].map { $0.gained + Self.burst[position] <= now } ?? true }
            queues[position].removeFirst(ready.count)
            for number in ready { announce(number, at: now, into: &due) }
        }
        update()
        return due.sorted()
    }

    private mutating func announce(_ number: Int, at now: Duration, into due: inout [IPAddress]) {
        guard var group = groups[number] else { return }
        group.addresses = group.addresses.filter { numbers[$0] == number }
        due += group.addresses
        if let next = Self.burst.firstIndex(where: { group.gained + $0 > now }) {
            groups[number] = group
            queues[next].append(number)
        } else {
            groups[number] = nil
            for address in group.addresses { numbers[address] = nil }
        }
    }

    /// An address is no longer of its group.
    private mutating func leave(_ number: Int) {
        groups[number]?.remaining -= 1
        if groups[number]?.remaining == 0 { groups[number] = nil }
    }

    /// Removes groups without members from the fronts of the queues, and finds the earliest of what is there then.
    private mutating func update() {
        nextDeadline = nil
        for position in queues.indices {
            queues[position].removeFirst(queues[position].prefix { groups[$0] == nil }.count)
            guard let group = queues[position].first.flatMap({ groups[$0] }) else { continue }
            let due = group.gained + Self.burst[position]
            nextDeadline = min(nextDeadline ?? due, due)
        }
    }
}
