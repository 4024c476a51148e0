package import Wire

/// Why a datagram was dropped. Nothing but a counter changes by such a datagram.
package enum OwnershipError: Error, Sendable, Hashable {
    /// TTL or hop limit was not 255: it crossed a router.
    case hopLimit
    /// Shorter than header and tag, or its length field differs from its size.
    case length
    /// Not of this protocol.
    case magic
    /// Not a message type of this version.
    case type
    /// Of a version that is not spoken here, from a sender that may still come down to ours.
    case version
    /// The sender's lowest version is above all versions spoken here.
    case incompatible(instance: InstanceID, lowestVersion: UInt8)
    /// No key of that ID is held.
    case key
    /// The tag does not match: another key, or forged.
    case tag
    /// Bad tags came so fast that an unknown sender was not looked at.
    case sampled
    /// The instance is 0 or our own.
    case instance
    /// Not newer than the last datagram of that instance.
    case replayed
    /// Of an instance that was replaced.
    case retired
    /// From an instance that no hello introduced.
    case unknownMember
    /// More members than are kept.
    case tooManyMembers
    /// Hello interval, multiplier or rotation out of range.
    case interval
    /// An epoch of 2^31 or above.
    case epoch
    /// A field or element that cannot be read.
    case element(DecodeError)
}
