package import Timing

/// What a session has done and heard, for status and metrics.
package struct PeerRecord: Sendable, Hashable {
    /// When the state last changed.
    package internal(set) var since: Instant?
    /// Messages sent, over all connections.
    package internal(set) var sent = MessageCounters()
    /// Messages received, over all connections.
    package internal(set) var received = MessageCounters()
    /// What the peer's UPDATEs held since the session was established.
    package internal(set) var routes = ReceivedCounters()
    /// How often the session was established.
    package internal(set) var establishments = 0
    /// The last NOTIFICATION sent.
    package internal(set) var lastSent: NotificationMessage?
    /// The last NOTIFICATION received.
    package internal(set) var lastReceived: NotificationMessage?
    /// The last failure, whatever it was.
    package internal(set) var lastFailure: PeerFailure?
    /// The last failure that says why: kept while later attempts only find a closed port, and until the session has
    /// been up for a minute.
    package internal(set) var cause: PeerFailure?

    /// Nothing done yet.
    package init() {}

    mutating func note(_ failure: PeerFailure) {
        lastFailure = failure
        if failure.isTelling { cause = failure }
    }
}
