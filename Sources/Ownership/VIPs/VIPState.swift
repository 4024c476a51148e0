package import Addresses

/// Where one VIP stands at this member.
package enum VIPState: Sendable, Hashable {
    /// This member does not stand for it.
    case notCandidate(NotCandidateReason)
    /// It stands for it, and listens first whether somebody has it.
    case listening
    /// Another member owns it.
    case standby
    /// Nobody has it; this member waits for its turn or for what keeps it from claiming.
    case electing(ElectionHold)
    /// Nobody ever had it: the link is asked before the first claim.
    case probing
    /// A station that is no member uses the address; asked again after a pause.
    case backingOff(MACAddress)
    /// This member answers for it.
    case owning
    /// This member answers for it and asks others to take it.
    case handingOver(NotCandidateReason)
    /// Another has taken it; this member answers for a moment longer.
    case lingering
    /// The kernel answered for it when this process began or woke; it is claimed again unless somebody else has it.
    case adopted
}

extension VIPState: CustomStringConvertible {
    /// For people, in logs and in `/state`: `handing over: nodeExcluded`.
    package var description: String {
        switch self {
        case .notCandidate(let reason): "not a candidate: \(reason)"
        case .listening: "listening"
        case .standby: "standby"
        case .electing(let hold): "electing: \(hold)"
        case .probing: "probing"
        case .backingOff(let mac): "backing off: \(mac)"
        case .owning: "owning"
        case .handingOver(let reason): "handing over: \(reason)"
        case .lingering: "lingering"
        case .adopted: "adopted"
        }
    }
}

/// Why a member does not stand for a VIP.
package enum NotCandidateReason: Sendable, Hashable {
    /// The member's configuration does not have it on this link.
    case notConfigured
    /// The configuration's own reason.
    case notEligible(String)
    /// No carrier.
    case linkDown
    /// The node is drained.
    case quiesced
    /// The process ends for good.
    case leaving
    /// The process ends to be started again.
    case restarting
    /// Another node has this node's name, and the older instance ID.
    case duplicateNodeName
    /// A member with a newer configuration saw it deleted.
    case deletedElsewhere
    /// Its epoch reached 2^31.
    case epochsExhausted
}

extension NotCandidateReason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .notConfigured: "not configured here"
        case .notEligible(let reason): reason
        case .linkDown: "linkDown"
        case .quiesced: "quiesced"
        case .leaving: "leaving"
        case .restarting: "restarting"
        case .duplicateNodeName: "duplicate node name"
        case .deletedElsewhere: "deleted elsewhere"
        case .epochsExhausted: "epochs exhausted"
        }
    }
}

/// What an election waits for.
package enum ElectionHold: String, Sendable, Hashable, CustomStringConvertible {
    /// The member's place in the order of candidates.
    case turn
    /// A member that was not heard before: until it is heard both ways and its table is here, it may own the VIP.
    case acquaintance
    /// A frame of any other station: it hears nobody and might be deaf.
    case reception
    /// An answer to its own questions: it is heard by nobody and might be mute.
    case answer

    package var description: String { rawValue }
}

/// Why a member stopped to answer for a VIP.
package enum WithdrawalReason: Sendable, Hashable {
    /// Another member's claim is better.
    case ownedBy(String)
    /// Handed over to this node.
    case handedOver(String)
    /// This member does not stand for it any more and nobody can take it.
    case notCandidate(NotCandidateReason)
    /// The configuration deleted it.
    case deleted
    /// The kernel's lease ended while the process did not run.
    case leaseEnded
}

/// What the world may know of one VIP on this link.
package struct VIPStatus: Sendable, Hashable {
    /// The VIP.
    package let vip: IPAddress
    /// Where it stands at this member.
    package let state: VIPState
    /// The node that answers for it, this one included; nil if none is known.
    package let owner: String?
    /// The epoch of the owner's claim, or the highest seen.
    package let epoch: UInt32
}
