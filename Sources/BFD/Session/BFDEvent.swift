/// What happens to a session.
package enum BFDEvent: Sendable, Hashable {
    /// The session begins, or is no longer held down by an operator.
    case started
    /// A packet for this session came.
    case received(BFDMessage, hopLimit: UInt8)
    /// An echo packet of this session came back.
    case echoReturned(BFDEcho)
    /// The profile changed.
    case settingsChanged(BFDSettings)
    /// Somebody else knows that the path is gone: the interface lost its carrier.
    case pathFailed
    /// An operator holds the session down; the peer is told so for as long as it lasts.
    case disabled
    /// The session is to be deleted: the peer is told for a detection time that this is no failure.
    case ended
    /// The deadline has come. The sockets have to be read empty before, so that nobody is declared gone while his
    /// packet waits there.
    case tick
}
