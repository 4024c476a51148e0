/// The reasons for which packets are dropped, as names of metrics.
package enum BFDDrop: String, Sendable, Hashable, CaseIterable {
    case version, length, multiplier, multipoint, myDiscriminator, authentication, unknownDiscriminator, unknownSender
    case yourDiscriminator, interface, hopLimit, administrativelyDown, echo
}

extension BFDError {
    /// The counter that this reason adds to.
    package var drop: BFDDrop {
        switch self {
        case .version: .version
        case .length: .length
        case .multiplier: .multiplier
        case .multipoint: .multipoint
        case .myDiscriminator: .myDiscriminator
        case .authentication: .authentication
        case .unknownDiscriminator: .unknownDiscriminator
        case .unknownSender: .unknownSender
        case .yourDiscriminator: .yourDiscriminator
        case .interface: .interface
        case .hopLimit: .hopLimit
        case .administrativelyDown: .administrativelyDown
        case .echo: .echo
        }
    }
}

/// What a session counted since its start.
package struct BFDCounters: Sendable, Hashable {
    package var controlPacketsReceived = 0
    package var controlPacketsSent = 0
    package var echoPacketsReceived = 0
    package var echoPacketsSent = 0
    /// Times that the session came up.
    package var ups = 0
    /// Times that it left the state Up.
    package var downs = 0
    /// Packets for this session that were dropped, by reason.
    package var dropped: [BFDDrop: Int] = [:]

    /// All zero.
    package init() {}
}
