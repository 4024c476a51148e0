/// What happens to a session.
package enum PeerEvent: Sendable, Hashable {
    /// Begin. `isRestarted` if this process continues one that ran less than the restart time ago: the peer may still
    /// have its routes.
    case start(isRestarted: Bool)
    /// Leave the peer; `PeerEffect.stopped` follows, at the latest after the drain's delay and two seconds.
    case stop(Departure)
    /// Close the session and open it again (Cease, administrative reset).
    case reset(ShutdownCommunication?)
    /// The configuration is now this one, changed or not.
    case configure(PeerConfiguration)
    /// A dial succeeded, or a connection from the peer was accepted.
    case connected(ConnectionID, ConnectionPath)
    /// A dial failed; the text is the system's.
    case dialFailed(ConnectionID, String)
    /// The peer sent bytes.
    case received(ConnectionID, [UInt8])
    /// The connection is gone: by the peer if the text is empty, else by an error of the system.
    case closed(ConnectionID, String)
    /// The kernel took bytes; `isPending` if there are more that it has not taken. To be said after every write, or the
    /// connection will count as stuck.
    case wrote(ConnectionID, isPending: Bool)
    /// BFD says that the path to the peer is down, having been up.
    case bfdDown
    /// There is news of the peer: its interface came up, it advertised itself, BFD sees it.
    case reachable
    /// The moment of `nextDeadline` has come.
    case timer
}
