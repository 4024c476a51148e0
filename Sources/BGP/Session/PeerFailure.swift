/// Why an attempt or a session ended.
package enum PeerFailure: Sendable, Hashable {
    /// No connection came up; the text is the system's.
    case dialFailed(String)
    /// The connection ended without a NOTIFICATION; the text is the system's, empty if the peer closed it.
    case connectionLost(String)
    /// We ended it, for this reason.
    case sent(NotificationMessage)
    /// The peer ended it, for this reason.
    case received(NotificationMessage)
    /// The peer opened a new connection because it has restarted (RFC 4724 5).
    case replaced
    /// It was to end.
    case stopped

    /// True if it tells more than that the connection is gone: what people should see even while later attempts only
    /// find the port closed.
    package var isTelling: Bool {
        switch self {
        case .sent, .received: true
        case .dialFailed, .connectionLost, .replaced, .stopped: false
        }
    }
}

extension PeerFailure: CustomStringConvertible {
    package var description: String {
        switch self {
        case .dialFailed(let text): "connection failed: \(text)"
        case .connectionLost(let text): text.isEmpty ? "closed by the peer" : "connection lost: \(text)"
        case .sent(let notification): "sent \(notification)"
        case .received(let notification):
            "received \(notification)" + (notification.hint.map { " (\($0))" } ?? "")
        case .replaced: "replaced by a new connection of the peer"
        case .stopped: "stopped"
        }
    }
}
