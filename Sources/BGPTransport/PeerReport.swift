package import Addresses
package import BGP

/// What a peer's owner is told.
package enum PeerReport: Sendable, Hashable {
    /// The session is up: on these terms, from this own address.
    case established(SessionTerms, local: IPAddress)
    /// The session was up and is no more.
    case down(PeerFailure)
    /// An attempt came to nothing.
    case attemptFailed(PeerFailure)
    /// The peer announces many routes, all of which are dropped.
    case manyRoutesReceived(Int)
    /// The session is at rest after it was stopped.
    case stopped
}
