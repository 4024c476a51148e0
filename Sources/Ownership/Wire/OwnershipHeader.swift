package import Addresses
import Wire

/// The kinds of datagrams that members exchange.
package enum OwnershipMessageType: UInt8, Sendable, Hashable, CaseIterable {
    /// I am here, I hear these, my table is at this version.
    case hello = 1
    /// Changes of the sender's table that no hello had room for.
    case claims = 2
    /// Asks for a whole table.
    case syncRequest = 3
    /// A whole table, or a fragment of it.
    case sync = 4
    /// Asks a successor to take VIPs.
    case handover = 5
    /// The answer of one that does not take them.
    case refuse = 6
    /// The table that a restarted member had before, for its epochs.
    case known = 7
}

/// What a member says of itself in each datagram.
package struct MemberFlags: OptionSet, Sendable, Hashable {
    package let rawValue: UInt16
    package init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The process ends to be started again; its kernel goes on answering.
    package static let restarting = MemberFlags(rawValue: 1 << 0)
    /// The process ends for good and hands over what it owns.
    package static let leaving = MemberFlags(rawValue: 1 << 1)
    /// Drained: owns nothing new and hands over what it has.
    package static let quiesced = MemberFlags(rawValue: 1 << 2)
    /// Started with an empty kernel and listens before it elects.
    package static let listening = MemberFlags(rawValue: 1 << 3)
    /// Started with VIPs in its kernel and listens before it claims them again.
    package static let adopting = MemberFlags(rawValue: 1 << 4)
    /// Asks for a hello by unicast, at once.
    package static let poll = MemberFlags(rawValue: 1 << 5)

    /// The flags of version 1; others are sent 0 and ignored.
    static let known = MemberFlags(rawValue: (1 << 6) - 1)
    /// A member with one of these takes no VIP over.
    static let unwilling: MemberFlags = [.restarting, .leaving, .quiesced]
}

/// The fixed 48 bytes at the front of a datagram.
package struct OwnershipHeader: Sendable, Hashable {
    /// "TOOW"
    static let magic: UInt32 = 0x544F_4F57
    /// The length in bytes.
    static let length = 48

    /// The version that the datagram is written in.
    package var version: UInt8 = 1
    /// The lowest version that the sender reads.
    package var lowestVersion: UInt8 = 1
    /// What the datagram is for.
    package var type: OwnershipMessageType
    /// The sender.
    package var instance: InstanceID
    /// The number of the datagram, from 1, one count for all types and destinations.
    package var sequence: UInt32
    /// The version of the sender's table.
    package var claimsVersion: UInt32 = 0
    /// The digest of the sender's table.
    package var claimsDigest: UInt64 = 0
    /// What the sender says of itself.
    package var flags: MemberFlags = []
    /// Milliseconds between hellos: 10 to 5000.
    package var interval: UInt16
    /// Hello intervals of silence after which the sender wants to be taken for dead: 3 to 10.
    package var multiplier: UInt8
    /// The number of hellos in which every peer is echoed once: 1 to 32.
    package var rotation: UInt8 = 1
    /// The sender's MAC address on this link.
    package var mac: MACAddress

    /// A header; what is not given is 0 or 1.
    package init(
        type: OwnershipMessageType, instance: InstanceID, sequence: UInt32, interval: UInt16, multiplier: UInt8,
        mac: MACAddress
    ) {
        self.type = type
        self.instance = instance
        self.sequence = sequence
        self.interval = interval
        self.multiplier = multiplier
        self.mac = mac
    }
}

extension OwnershipHeader {
    /// The offset of the field that holds the datagram's whole length.
    static let lengthOffset = 44

    func write(to writer: inout WireWriter, keyID: UInt8, length: Int, elements: Int) {
        writer.uint32(Self.magic)
        writer.uint8(version)
        writer.uint8(lowestVersion)
        writer.uint8(type.rawValue)
        writer.uint8(keyID)
        writer.uint64(instance.bits)
        writer.uint32(sequence)
        writer.uint32(claimsVersion)
        writer.uint64(claimsDigest)
        writer.uint16(flags.intersection(.known).rawValue)
        writer.uint16(interval)
        writer.uint8(multiplier)
        writer.uint8(rotation)
        writer.append(mac.octets)
        writer.uint16(UInt16(truncatingIfNeeded: length))
        writer.uint16(UInt16(truncatingIfNeeded: elements))
    }
}
