package import Addresses

/// How a member stands to another one.
package enum PeerState: Sendable, Hashable {
    /// Heard, and not known to hear us. Its claims do not count.
    case heard
    /// Heard both ways.
    case up
    /// Silent for a while: asked.
    case suspect
    /// Silent, but its kernel answers for its VIPs: they are left to it until shortly before its lease ends.
    case held
    /// Not heard here, but a live member hears it both ways.
    case relayed
    /// Gone.
    case down(PeerDownReason)

    /// True if its claims count.
    package var isLive: Bool {
        switch self {
        case .up, .suspect, .held, .relayed: true
        case .heard, .down: false
        }
    }
}

extension PeerState: CustomStringConvertible {
    /// For people, in logs and in `/state`: `down: silent`.
    package var description: String {
        switch self {
        case .heard: "heard"
        case .up: "up"
        case .suspect: "suspect"
        case .held: "held"
        case .relayed: "relayed"
        case .down(let reason): "down: \(reason)"
        }
    }
}

/// Why a member is taken for gone.
package enum PeerDownReason: Sendable, Hashable {
    /// No hello, and no answer to questions.
    case silent
    /// It speaks and does not hear us.
    case deaf
    /// Its kernel, which had answered when it fell silent, does so no more.
    case unanswered
    /// Its kernel answers, but its lease is about to end.
    case leaseEnding
    /// No live member hears it any more.
    case relayLost
    /// The carrier was lost here.
    case linkDown
    /// Its process started anew.
    case restarted
}

extension PeerDownReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .silent: "silent"
        case .deaf: "deaf"
        case .unanswered: "unanswered"
        case .leaseEnding: "lease ending"
        case .relayLost: "relay lost"
        case .linkDown: "linkDown"
        case .restarted: "restarted"
        }
    }
}

/// What the world may know of another member.
package struct PeerStatus: Sendable, Hashable {
    /// Its node's name; empty if only its identity was heard of.
    package let nodeName: String
    /// Its process.
    package let instance: InstanceID
    /// Its MAC address on this link.
    package let mac: MACAddress
    /// The address its datagrams came from.
    package let address: IPAddress?
    /// How it stands.
    package let state: PeerState
    /// The last round trip of a hello and its echo.
    package let roundTrip: Duration
    /// The estimated share of its hellos that got lost.
    package let loss: Double
    /// Its hello interval.
    package let interval: Duration
    /// The silent intervals after which it is taken for gone, raised where hellos get lost.
    package let multiplier: Int
    /// The number of its claims.
    package let claims: Int
    /// What it says of itself.
    package let flags: MemberFlags
}
