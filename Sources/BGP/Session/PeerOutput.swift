/// Bytes for the peer, and what comes after them.
package struct PeerOutput: Sendable, Hashable {
    /// The connection to write to.
    package var connection: ConnectionID
    /// Whole messages; empty if there is nothing to say now.
    package var bytes: [UInt8] = []
    /// True if there is more, for when the connection has taken these.
    package var isMore = false
    /// What to do after the bytes are handed over.
    package var effects: [PeerEffect] = []
}
