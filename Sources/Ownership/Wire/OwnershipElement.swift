package import Addresses

/// One echoed peer in a hello: which of its hellos was heard last, so that it knows that it is heard.
package struct EchoEntry: Sendable, Hashable {
    /// The peer that was heard.
    package var instance: InstanceID
    /// The sequence of its last hello.
    package var sequence: UInt32
    /// The version of its table that the sender holds.
    package var tableVersion: UInt32
    /// Milliseconds between that hello's receipt and the sending of this one, at most 65535.
    package var age: UInt16
    /// True if the two hear each other.
    package var isTwoWay: Bool
    /// True in a datagram to one member, which may wait in the sender's kernel for the member's MAC address: the age is
    /// that of its sending, and tells nothing of the link.
    package var mayWait: Bool

    /// An echo of one peer.
    package init(
        instance: InstanceID, sequence: UInt32, tableVersion: UInt32, age: UInt16, isTwoWay: Bool, mayWait: Bool = false
    ) {
        self.instance = instance
        self.sequence = sequence
        self.tableVersion = tableVersion
        self.age = age
        self.isTwoWay = isTwoWay
        self.mayWait = mayWait
    }

    static let twoWayBit: UInt16 = 1 << 0
    static let mayWaitBit: UInt16 = 1 << 1

    var bits: UInt16 { (isTwoWay ? Self.twoWayBit : 0) | (mayWait ? Self.mayWaitBit : 0) }
}

/// Consecutive changes of one table and one family: change `i` leads from version `from + i` to the next. In SYNC and
/// KNOWN, where `from` equals `to`, a part of the whole table at that version.
package struct ClaimsElement: Sendable, Hashable {
    /// The version before the first change.
    package var from: UInt32
    /// The version after the last.
    package var to: UInt32
    /// Changes, all of one family.
    package var changes: [ClaimChange]

    /// A run of changes.
    package init(from: UInt32, to: UInt32, changes: [ClaimChange]) {
        self.from = from
        self.to = to
        self.changes = changes
    }
}

/// VIPs that a member asks another to take, or that the other refuses to; all of one family.
package struct HandoverElement: Sendable, Hashable {
    /// Who is asked.
    package var successor: InstanceID
    /// The VIPs and the epoch with which the successor shall claim each.
    package var entries: [Entry]

    /// One VIP and the epoch of the successor's claim.
    package struct Entry: Sendable, Hashable {
        package var vip: IPAddress
        package var epoch: UInt32
        package init(vip: IPAddress, epoch: UInt32) {
            self.vip = vip
            self.epoch = epoch
        }
    }

    /// A request to `successor`, or its refusal.
    package init(successor: InstanceID, entries: [Entry]) {
        self.successor = successor
        self.entries = entries
    }
}

/// The place of a datagram in a table that needs several.
package struct FragmentElement: Sendable, Hashable {
    /// The most fragments of one table.
    static let limit: UInt16 = 4096

    /// From 0.
    package var index: UInt16
    /// 1 to 4096.
    package var count: UInt16
    /// The version of the table. All fragments of one version are applied or none.
    package var tableVersion: UInt32

    /// A fragment's place.
    package init(index: UInt16, count: UInt16, tableVersion: UInt32) {
        self.index = index
        self.count = count
        self.tableVersion = tableVersion
    }
}

/// A part of a datagram's body. Unknown ones are skipped by the reader.
package enum OwnershipElement: Sendable, Hashable {
    /// The sender's node name; in SYNC about another member, that member's.
    case name(String)
    /// Peers that the sender hears, at most 48.
    case echo([EchoEntry])
    /// Changes of a table, or a part of it.
    case claims(ClaimsElement)
    /// Whose table is asked for or sent; absent, the sender's own.
    case about(InstanceID)
    /// The datagram's place among several.
    case fragment(FragmentElement)
    /// VIPs to take or refused.
    case handover(HandoverElement)
    /// Seconds since the sender last saw the API; nil if it never did.
    case configurationAge(UInt32?)
    /// Hellos that the sender multicast so far. Sequences count unicast too, so they tell nobody what was lost.
    case helloCount(UInt32)
    /// The highest version that the sender speaks, where that is above the one it writes.
    case highestVersion(UInt8)
}

extension OwnershipElement {
    enum Kind: UInt8 {
        case name = 1
        case echo = 2
        case claimsV4 = 3
        case claimsV6 = 4
        case about = 5
        case fragment = 6
        case handoverV4 = 7
        case configurationAge = 8
        case handoverV6 = 9
        case helloCount = 10
        case highestVersion = 11
    }

    /// The length of type, reserved byte and length field.
    static let headLength = 4
    /// The most echoes in one hello.
    static let echoLimit = 48
    /// The length of one echo.
    static let echoLength = 20
    /// The length of one entry of a claims element.
    static func claimLength(_ family: IPFamily) -> Int { family == .ipv4 ? 9 : 21 }
    /// The length of a claims element without its entries.
    static let claimsHeadLength = headLength + 8
    /// The length of one entry of a hand-over element.
    static func handoverLength(_ family: IPFamily) -> Int { family == .ipv4 ? 8 : 20 }
}
