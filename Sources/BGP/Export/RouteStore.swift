import Addresses

/// The routes of one family: what is announced, and what was withdrawn but is still known to some peer.
///
/// A route has a slot, a place in a few flat arrays; nothing is allocated for it alone. Its group is the attribute set
/// that it is announced with, or the withdrawn ones.
struct RouteStore<Key: RouteKey>: Sendable {
    private var index = SlotIndex<Key>()
    private var freeSlots: [UInt32] = []
    var keys: [Key] = []
    /// The last change of each slot; 0 for a free one.
    var changes: [UInt64] = []
    private var groups: [UInt32] = []
    /// The number of peers that the route was announced to.
    var holders: [UInt32] = []
    var logs: [ChangeLog] = [ChangeLog()]
    /// The slots of the message that is being made.
    var batch: [UInt32] = []
    var made = MadeMessages()
    /// The number of routes that are announced.
    private(set) var count = 0

    /// The group of a route that is announced.
    func group(of key: Key) -> Int? {
        guard let slot = slot(of: key), groups[slot] != RouteGroup.withdrawn else { return nil }
        return Int(groups[slot])
    }

    /// The slot of a route that is announced or still known to some peer.
    func slot(of key: Key) -> Int? { index.slot(of: key, in: keys) }

    /// Puts a route into a group. Returns its slot and the attribute set that it had.
    mutating func announce(_ key: Key, group: Int, change: UInt64) -> (slot: Int, previous: Int?) {
        guard let slot = slot(of: key) else {
            let slot = allocate(key)
            enter(slot, group: group, change: change)
            count += 1
            return (slot, nil)
        }
        let previous = Int(groups[slot])
        guard previous != group else { return (slot, previous) }
        leave(slot, change: change)
        enter(slot, group: group, change: change)
        if previous == RouteGroup.withdrawn { count += 1 }
        return (slot, previous == RouteGroup.withdrawn ? nil : previous)
    }

    /// Takes a route away; it lives on while some peer has it. Returns the attribute set that it had.
    mutating func withdraw(_ key: Key, change: UInt64) -> Int? {
        guard let slot = slot(of: key), groups[slot] != RouteGroup.withdrawn else { return nil }
        let previous = Int(groups[slot])
        count -= 1
        leave(slot, change: change)
        if holders[slot] == 0 {
            free(slot)
        } else {
            enter(slot, group: RouteGroup.withdrawn, change: change)
        }
        return previous
    }

    var footprint: Int { keys.count + logs.reduce(logs.count) { $0 + $1.entries.count } }

    /// All announced routes outside of a set of slots.
    func announcedKeys(notIn kept: SlotSet) -> [Key] {
        keys.indices.compactMap { slot in
            changes[slot] != 0 && groups[slot] != RouteGroup.withdrawn && !kept.contains(slot) ? keys[slot] : nil
        }
    }

    // MARK: Slots

    private mutating func allocate(_ key: Key) -> Int {
        let slot: Int
        if let free = freeSlots.popLast() {
            slot = Int(free)
            keys[slot] = key
        } else {
            slot = keys.count
            keys.append(key)
            changes.append(0)
            groups.append(0)
            holders.append(0)
        }
        index.insert(slot, in: keys)
        return slot
    }

    private mutating func enter(_ slot: Int, group: Int, change: UInt64) {
        made.forget()
        while logs.count <= group { logs.append(ChangeLog()) }
        changes[slot] = change
        groups[slot] = UInt32(truncatingIfNeeded: group)
        logs[group].append(change: change, slot: slot)
    }

    /// Makes the entry of the slot's group stale.
    private mutating func leave(_ slot: Int, change: UInt64) {
        made.forget()
        changes[slot] = change
        logs[Int(groups[slot])].makeStale(changes: changes)
    }

    private mutating func free(_ slot: Int) {
        index.remove(keys[slot], in: keys)
        changes[slot] = 0
        freeSlots.append(UInt32(truncatingIfNeeded: slot))
    }

    mutating func release(_ slot: Int) {
        holders[slot] -= 1
        guard holders[slot] == 0, groups[slot] == RouteGroup.withdrawn else { return }
        leave(slot, change: 0)
        free(slot)
    }

    // MARK: Readers

    /// Makes a reader to whose peer these routes were announced: from another table, that it read until now.
    mutating func reader(holding keys: [Key], lastChange: inout UInt64) -> FamilyReader {
        var reader = FamilyReader()
        for key in keys {
            let slot: Int
            if let known = self.slot(of: key) {
                slot = known
            } else {
                slot = allocate(key)
                lastChange += 1
                enter(slot, group: RouteGroup.withdrawn, change: lastChange)
            }
            if reader.sent.insert(slot) { holders[slot] += 1 }
        }
        return reader
    }

    /// The routes that a reader's peer was told of.
    func sentKeys(_ reader: FamilyReader) -> [Key] { reader.sent.members.map { keys[$0] } }

    /// Forgets what a reader's peer was told of.
    mutating func dismiss(_ reader: FamilyReader) {
        for slot in reader.sent.members { release(slot) }
    }

    /// The number of routes that the reader's peer is still to be told of or to lose.
    func pendingCount(_ reader: FamilyReader) -> Int {
        var pending = 0
        for (group, log) in logs.enumerated() where log.last > reader.position(in: group) {
            for entry in log.entries[log.index(after: reader.position(in: group))...] {
                let slot = Int(entry.slot)
                guard changes[slot] == entry.change else { continue }
                if group != RouteGroup.withdrawn || reader.sent.contains(slot) { pending += 1 }
            }
        }
        return pending
    }

    /// The first attribute set with changes that the reader has not read.
    func pendingGroup(_ reader: FamilyReader) -> Int? {
        (1..<max(1, logs.count)).first { logs[$0].last > reader.position(in: $0) }
    }
}
