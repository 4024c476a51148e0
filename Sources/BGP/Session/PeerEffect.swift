/// What the owner of a session is to do, in this order.
package enum PeerEffect: Sendable, Hashable {
    /// Open a connection to the peer; `connected` or `dialFailed` follows.
    case dial(ConnectionID)
    /// Write these bytes after all that was given before.
    case send(ConnectionID, [UInt8])
    /// Close the connection once what was written is gone, or after a second; also gives up a dial. The session wants
    /// to hear nothing more of it.
    case close(ConnectionID)
    /// Close the connection although it takes no bytes.
    case abort(ConnectionID)
    /// Ask `output` for bytes as long as the connection takes some.
    case output(ConnectionID)
    /// The session is up on these terms.
    case established(SessionTerms)
    /// The session was up and is no more.
    case down(PeerFailure)
    /// An attempt came to nothing.
    case attemptFailed(PeerFailure)
    /// The peer reads the table no more: detach it.
    case release(ExportTable.ReaderID)
    /// The peer announces many routes, all of which are dropped; said once a session.
    case manyRoutesReceived(Int)
    /// The session is at rest after `stop`.
    case stopped
}
