package import Addresses
import Crypto

/// What a member states of one VIP: that it answers for it, or that its configuration deleted it.
package struct Claim: Sendable, Hashable {
    /// The first epoch that is refused. An honest epoch rises by one a move and never comes near.
    static let epochLimit: UInt32 = 1 << 31

    /// The number of the claim; a later claim of the same VIP has a higher one.
    package var epoch: UInt32
    /// True if the claimant heard nobody when it claimed, although it had known others.
    package var isIsolated: Bool
    /// True for the mark that a VIP left in the table when the configuration deleted it. Such an entry claims nothing.
    package var isDeletion: Bool

    /// A claim; not isolated and no deletion unless said so.
    package init(epoch: UInt32, isIsolated: Bool = false, isDeletion: Bool = false) {
        self.epoch = epoch
        self.isIsolated = isIsolated
        self.isDeletion = isDeletion
    }

    static let isolatedBit: UInt8 = 1 << 0
    static let removedBit: UInt8 = 1 << 1
    static let deletedBit: UInt8 = 1 << 2

    /// The entry's bits in a datagram.
    var bits: UInt8 { (isIsolated ? Self.isolatedBit : 0) | (isDeletion ? Self.removedBit | Self.deletedBit : 0) }

    /// What this entry adds to a table's digest: the first 8 bytes of SHA-256(family, address, epoch, bits). The
    /// digest of a table is the XOR over its entries, so one change costs one hash whatever the table's size.
    func digest(of vip: IPAddress) -> UInt64 {
        var bytes = [UInt8]()
        bytes.reserveCapacity(22)
        bytes.append(vip.family == .ipv4 ? 4 : 6)
        bytes += vip.octets
        for shift in stride(from: 24, through: 0, by: -8) {
            bytes.append(UInt8(truncatingIfNeeded: epoch >> UInt32(shift)))
        }
        bytes.append(bits)
        return SHA256.hash(data: bytes).prefix(8).reduce(0) { $0 << 8 | UInt64($1) }
    }
}

/// One change of a member's table: an entry set, or removed where `claim` is nil.
package struct ClaimChange: Sendable, Hashable {
    /// The VIP whose entry changes.
    package let vip: IPAddress
    /// The entry from now on; nil if there is none any more.
    package let claim: Claim?

    /// A change of one entry.
    package init(_ vip: IPAddress, _ claim: Claim?) {
        self.vip = vip
        self.claim = claim
    }
}
