import Wire

/// What a speaker says in OPEN that it can do (RFC 5492).
package enum Capability: Sendable, Hashable {
    /// Routes of a family (RFC 4760), code 1.
    case multiprotocol(AddressFamily)
    /// Answers ROUTE-REFRESH (RFC 2918), code 2.
    case routeRefresh
    /// Next hops of another family (RFC 8950), code 5.
    case extendedNextHop([ExtendedNextHop])
    /// Messages of more than 4096 bytes (RFC 8654), code 6. Not offered.
    case extendedMessage
    /// Keeps forwarding while it restarts (RFC 4724), code 64.
    case gracefulRestart(GracefulRestart)
    /// AS numbers of 32 bits, and the own one (RFC 6793), code 65.
    case fourOctetAS(UInt32)
    /// Marks the ends of a refresh (RFC 7313), code 70.
    case enhancedRouteRefresh
    /// Keeps stale routes for long (RFC 9494), code 71. Not offered.
    case longLivedGracefulRestart([LongLivedFamily])
    /// Anything else, kept for those who want to see it.
    case other(code: UInt8, value: [UInt8])

    /// One line of the extended next hop capability.
    package struct ExtendedNextHop: Sendable, Hashable {
        /// Routes of this family …
        package var family: AddressFamily
        /// … may have a next hop of this address family.
        package var nextHopAFI: UInt16

        /// IPv4 unicast routes by way of IPv6.
        package static let ipv4OverIPv6 = ExtendedNextHop(family: .ipv4Unicast, nextHopAFI: 2)
    }

    /// A family whose stale routes a peer keeps for long.
    package struct LongLivedFamily: Sendable, Hashable {
        package var family: AddressFamily
        /// True if forwarding went on during the last restart.
        package var isForwardingKept: Bool
        /// How long stale routes are kept; 24 bits.
        package var staleSeconds: UInt32
    }

    /// The number that tells its kind.
    package var code: UInt8 {
        switch self {
        case .multiprotocol: 1
        case .routeRefresh: 2
        case .extendedNextHop: 5
        case .extendedMessage: 6
        case .gracefulRestart: 64
        case .fourOctetAS: 65
        case .enhancedRouteRefresh: 70
        case .longLivedGracefulRestart: 71
        case .other(let code, _): code
        }
    }
}

extension Capability: CustomStringConvertible {
    package var description: String {
        switch self {
        case .multiprotocol(let family): family.description
        case .routeRefresh: "route refresh"
        case .extendedNextHop(let entries): "extended next hop (\(entries.count))"
        case .extendedMessage: "extended message"
        case .gracefulRestart(let restart): "graceful restart (\(restart.restartSeconds) s)"
        case .fourOctetAS(let number): "4-octet AS \(number)"
        case .enhancedRouteRefresh: "enhanced route refresh"
        case .longLivedGracefulRestart(let families): "long-lived graceful restart (\(families.count))"
        case .other(let code, _): "capability \(code)"
        }
    }
}
