import Timing

/// How far the session is on its way out.
enum DepartureState: Sendable, Hashable {
    /// Routers are asked to prefer other paths until the deadline.
    case draining(NotificationMessage, until: Instant)
    /// Everything is being withdrawn, for which there is not for ever.
    case withdrawing(NotificationMessage, until: Instant)

    /// How long a peer may take to accept the withdrawals before it is left without them.
    static let patience: Duration = .seconds(2)

    var deadline: Instant {
        switch self {
        case .draining(_, let deadline), .withdrawing(_, let deadline): deadline
        }
    }
}
