/// What both ends of a session agreed on in their OPENs.
package struct SessionTerms: Sendable, Hashable {
    /// The peer's AS.
    package let peerAS: UInt32
    /// The peer's identifier.
    package let peerIdentifier: BGPIdentifier
    /// True if both ends are of one AS.
    package let isInternal: Bool
    /// The lower of both proposals; zero for a session without hold timer.
    package let holdTime: Duration
    /// The families that both offered.
    package let families: Set<AddressFamily>
    /// True if AS numbers have four octets on this session.
    package let isFourOctet: Bool
    /// True if IPv4 routes may have IPv6 next hops.
    package let usesExtendedNextHop: Bool
    /// True if both ends mark the ends of a refresh.
    package let hasEnhancedRouteRefresh: Bool
    /// The peer's word on graceful restart, if this end offered it too.
    package let gracefulRestart: GracefulRestart?
    /// All that the peer offered.
    package let peerCapabilities: [Capability]

    /// True if a NOTIFICATION that is no Hard Reset keeps routes (RFC 8538 4): both ends said N.
    package var keepsRoutesOnNotification: Bool { gracefulRestart?.keepsRoutesOnNotification ?? false }

    /// Judges the peer's OPEN (RFC 4271 6.2) against what is configured and against our own OPEN.
    init(
        _ open: OpenMessage, offered: OpenMessage, _ configuration: PeerConfiguration
    ) throws(NotificationMessage) {
        let isInternal = try Self.judgeAS(open, configuration)
        guard let identifier = BGPIdentifier(bits: open.identifierBits),
            !isInternal || identifier != configuration.identifier
        else { throw .badIdentifier }
        guard open.holdSeconds == 0 || open.holdSeconds >= 3 else { throw .unacceptableHoldTime(open.holdSeconds) }
        let families = open.families.intersection(offered.families)
        guard !families.isEmpty else {
            throw .missingCapabilities(offered.families.sorted().map { .multiprotocol($0) })
        }
        peerAS = open.speakerAS
        peerIdentifier = identifier
        self.isInternal = isInternal
        holdTime = .seconds(Int(min(open.holdSeconds, offered.holdSeconds)))
        self.families = families
        isFourOctet = open.fourOctetAS != nil && offered.fourOctetAS != nil
        usesExtendedNextHop = open.offers(.ipv4OverIPv6) && offered.offers(.ipv4OverIPv6)
        hasEnhancedRouteRefresh = [open, offered].allSatisfy { $0.capabilities.contains(.enhancedRouteRefresh) }
        gracefulRestart = offered.gracefulRestart == nil ? nil : open.gracefulRestart
        peerCapabilities = open.capabilities
    }

    /// Returns true if the peer is of the own AS.
    private static func judgeAS(
        _ open: OpenMessage, _ configuration: PeerConfiguration
    ) throws(NotificationMessage) -> Bool {
        let peerAS = open.speakerAS
        // the short field must say the same, or that it cannot
        let isConsistent =
            open.shortAS == OpenMessage.asTrans || UInt32(open.shortAS) == peerAS
        guard peerAS != 0, open.shortAS != 0, isConsistent else { throw .badPeerAS(peerAS) }
        let isInternal = peerAS == configuration.visibleAS
        let isExpected =
            switch configuration.remoteAS {
            case .number(let expected): peerAS == expected || Self.isHidden(expected, in: open)
            case .internal: isInternal
            case .external: !isInternal
            }
        guard isExpected else { throw .badPeerAS(peerAS) }
        return isInternal
    }

    /// True if the peer knows no wide AS numbers and so cannot say the one that is expected of it.
    private static func isHidden(_ expected: UInt32, in open: OpenMessage) -> Bool {
        expected > UInt16.max && open.fourOctetAS == nil && open.shortAS == OpenMessage.asTrans
    }

    /// How often to send KEEPALIVE: never above a third of the hold time, whatever is configured.
    func keepaliveInterval(configured: Duration?) -> Duration? {
        guard holdTime > .zero else { return nil }
        return min(configured ?? holdTime / 3, holdTime / 3)
    }

    /// After how long without the kernel taking any bytes the connection counts as dead. RFC 9687 allows 480 s; the
    /// hold time is what BGP means by dead.
    var sendHoldTime: Duration { holdTime > .zero ? holdTime : .seconds(480) }

    /// How the peer's UPDATEs are read.
    var updateContext: UpdateContext {
        UpdateContext(isInternal: isInternal, isFourOctet: isFourOctet, families: families, peerAS: peerAS)
    }
}
