/// How to leave a peer.
package enum Departure: Sendable, Hashable {
    /// This speaker will be back: the connection is closed without a word, so that a peer with graceful restart keeps
    /// the routes. To other peers it is a shutdown.
    case restart
    /// The node or the speaker goes away: withdraw everything, then Cease.
    case shutdown(ShutdownCommunication?)
    /// The same, but first ask routers to prefer other paths (RFC 8326), and wait.
    case drain(Duration, ShutdownCommunication?)
    /// The peer is no longer configured: withdraw everything, then Cease.
    case deconfigured

    /// What the peer is told at the end.
    var notification: NotificationMessage {
        switch self {
        case .restart: .cease(.administrativeShutdown)
        case .shutdown(let text), .drain(_, let text): .cease(.administrativeShutdown, communication: text)
        case .deconfigured: .cease(.peerDeconfigured)
        }
    }
}
