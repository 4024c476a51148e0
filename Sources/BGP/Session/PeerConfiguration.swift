package import Addresses

/// What a session is to be: one `BGPPeer`, as far as the protocol is concerned.
package struct PeerConfiguration: Sendable, Hashable {
    /// Which AS the other end may have.
    package enum RemoteAS: Sendable, Hashable {
        case number(UInt32)
        /// The own one only.
        case `internal`
        /// Any but the own one.
        case external
    }

    /// What a change of configuration costs a session.
    package enum ChangeCost: Sendable, Hashable, Comparable {
        /// Nothing at all, or new timers.
        case none
        /// The routes are sent again.
        case resend
        /// The session is closed and opened again.
        case reset
    }

    /// The own AS.
    package var myASN: UInt32
    /// Shown to the peer in place of `myASN`.
    package var localASN: UInt32?
    /// The peer's AS.
    package var remoteAS: RemoteAS
    /// The own identifier.
    package var identifier: BGPIdentifier
    /// The families to offer.
    package var families: Set<AddressFamily>
    /// True to offer IPv4 routes by way of IPv6 next hops (RFC 8950).
    package var offersExtendedNextHop = false
    /// What to propose in seconds: 0 for none, or at least 3.
    package var holdSeconds: UInt16 = 90
    /// At most this between keepalives; nil for a third of the hold time agreed on.
    package var keepaliveTime: Duration?
    /// From one attempt to connect to the next.
    package var connectTime: Duration = .seconds(10)
    /// True to wait for the peer's connection.
    package var isPassive = false
    /// For how long the peer is to keep the routes while this speaker restarts, in seconds up to 4095; nil for no
    /// graceful restart.
    package var gracefulRestartSeconds: UInt16?
    /// Next hops in place of the session's own.
    package var nextHops: [IPFamily: IPAddress] = [:]

    /// A session with every option at its default.
    package init(myASN: UInt32, remoteAS: RemoteAS, identifier: BGPIdentifier, families: Set<AddressFamily>) {
        self.myASN = myASN
        self.remoteAS = remoteAS
        self.identifier = identifier
        self.families = families
    }

    /// The AS that the peer sees.
    package var visibleAS: UInt32 { localASN ?? myASN }

    /// What it costs to go over to another configuration. Equal ones cost nothing: no reload ever flaps a session.
    package func cost(ofChangeTo new: PeerConfiguration) -> ChangeCost {
        var sameSession = new
        sameSession.keepaliveTime = keepaliveTime
        sameSession.connectTime = connectTime
        sameSession.isPassive = isPassive
        sameSession.nextHops = nextHops
        if sameSession != self { return .reset }
        return new.nextHops == nextHops ? .none : .resend
    }
}
