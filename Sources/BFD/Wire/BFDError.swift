/// Why a packet was dropped. Nothing but a counter changes by such a packet.
package enum BFDError: Error, Sendable, Hashable {
    /// Not version 1.
    case version(UInt8)
    /// Too short, or its length field says less than 24 or more than there is.
    case length(Int)
    /// The detection multiplier is 0.
    case multiplier
    /// The M bit is set.
    case multipoint
    /// The sender's discriminator is 0.
    case myDiscriminator
    /// The A bit is set; sessions here have no authentication.
    case authentication
    /// No session has the discriminator that the packet is for.
    case unknownDiscriminator(UInt32)
    /// The packet is for no discriminator, and there is no session with its sender on that interface.
    case unknownSender
    /// The packet is for no discriminator although its sender's state is Init or Up.
    case yourDiscriminator
    /// The session is another interface's, or of the other kind (one hop, more hops).
    case interface
    /// TTL or hop limit as received, and the least that the session takes.
    case hopLimit(UInt8, least: UInt8)
    /// The session is held down here, or was not started.
    case administrativelyDown
    /// An echo packet that is not one of ours on its first way back.
    case echo
}

extension BFDError: CustomStringConvertible {
    /// For the status of a session: `TTL 64 is below 254`.
    package var description: String {
        switch self {
        case .version(let version): "version \(version) is not 1"
        case .length(let length): "length \(length) does not fit"
        case .multiplier: "the detection multiplier is 0"
        case .multipoint: "the multipoint bit is set"
        case .myDiscriminator: "the sender's discriminator is 0"
        case .authentication: "the peer uses authentication"
        case .unknownDiscriminator(let number): "no session has the discriminator \(number)"
        case .unknownSender: "there is no session with the sender"
        case .yourDiscriminator: "our discriminator is missing"
        case .interface: "the session is not of this interface and port"
        case .hopLimit(let found, let least): "TTL \(found) is below \(least)"
        case .administrativelyDown: "the session is administratively down"
        case .echo: "an echo packet that is not ours"
        }
    }
}
