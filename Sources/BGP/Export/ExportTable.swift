package import Addresses

/// The routes that one or more peers are to have, in the same view: shared, so that each route is held once and each
/// attribute set is encoded once for all peers with equal terms.
///
/// What a peer still has to be told is not queued. Every peer is a reader with a position in the logs of changes; the
/// owner asks for bytes when the peer's socket takes some, and gets what is true at that moment: withdrawals first,
/// then announcements, in messages as full as can be.
package struct ExportTable: Sendable {
    /// Names a reader of a table.
    package struct ReaderID: Sendable, Hashable {
        let number: UInt64
    }

    struct Reader: Sendable {
        var encoding: UpdateEncoding
        var encodingNumber: Int
        var ipv4: FamilyReader
        var ipv6: FamilyReader
    }

    var ipv4 = RouteStore<IPv4RouteKey>()
    var ipv6 = RouteStore<IPv6RouteKey>()
    var sets = AttributeSets()
    var encodings = EncodingSet()
    var readers: [ReaderID: Reader] = [:]
    var lastReader: UInt64 = 0
    var lastChange: UInt64 = 0
    /// True once the wanted routes are known: until then no peer is told that it has them all (End-of-RIB), since a
    /// router would then drop what an earlier run announced and this one has not yet (RFC 4724 4.1).
    package var isComplete: Bool

    /// A table without routes.
    package init(isComplete: Bool = true) { self.isComplete = isComplete }

    /// The number of routes of a family.
    package func count(of family: IPFamily) -> Int { family == .ipv4 ? ipv4.count : ipv6.count }

    /// The attributes that a prefix is announced with.
    package subscript(prefix: IPPrefix) -> RouteAttributes? {
        switch prefix.address.family {
        case .ipv4: ipv4.group(of: IPv4RouteKey(prefix)).map { sets[$0] }
        case .ipv6: ipv6.group(of: IPv6RouteKey(prefix)).map { sets[$0] }
        }
    }

    /// Announces a prefix; host bits do not count. With other attributes than before it replaces the route.
    package mutating func announce(_ prefix: IPPrefix, _ attributes: RouteAttributes = .none) {
        _ = put(prefix, attributes)
    }

    /// Withdraws a prefix, if it is announced.
    package mutating func withdraw(_ prefix: IPPrefix) {
        let change = nextChange()
        let previous =
            switch prefix.address.family {
            case .ipv4: ipv4.withdraw(IPv4RouteKey(prefix), change: change)
            case .ipv6: ipv6.withdraw(IPv6RouteKey(prefix), change: change)
            }
        if let previous { sets.release(previous) }
    }

    /// Makes these the only routes. What does not differ is left alone. The last of several for one prefix counts.
    package mutating func replaceRoutes(with routes: some Sequence<(IPPrefix, RouteAttributes)>) {
        var kept: [IPFamily: SlotSet] = [.ipv4: SlotSet(), .ipv6: SlotSet()]
        for (prefix, attributes) in routes {
            _ = kept[prefix.address.family]?.insert(put(prefix, attributes))
        }
        for key in ipv4.announcedKeys(notIn: kept[.ipv4] ?? SlotSet()) { withdraw(key.prefix) }
        for key in ipv6.announcedKeys(notIn: kept[.ipv6] ?? SlotSet()) { withdraw(key.prefix) }
    }

    private mutating func nextChange() -> UInt64 {
        lastChange += 1
        return lastChange
    }

    private mutating func put(_ prefix: IPPrefix, _ attributes: RouteAttributes) -> Int {
        let group = sets.number(of: attributes)
        let change = nextChange()
        let (slot, previous) =
            switch prefix.address.family {
            case .ipv4: ipv4.announce(IPv4RouteKey(prefix), group: group, change: change)
            case .ipv6: ipv6.announce(IPv6RouteKey(prefix), group: group, change: change)
            }
        if previous != group {
            sets.retain(group)
            if let previous { sets.release(previous) }
        }
        return slot
    }
}
