/// What a session wants done, in this order.
package enum BFDEffect: Sendable, Hashable {
    /// The state changed: to act on at once.
    case stateChanged(BFDStateChange)
    /// Send a control packet, TTL or hop limit 255.
    case send([UInt8])
    /// Send an echo packet to port 3785, TTL 255.
    case sendEcho([UInt8])
    /// The peer had time to learn that the session ends: it can be forgotten.
    case finished
}

/// A change of a session's state.
package struct BFDStateChange: Sendable, Hashable {
    package var from: BFDState
    package var to: BFDState
    /// Why, for a change to Down or AdminDown.
    package var diagnostic: BFDDiagnostic
    /// The state that the peer has said last.
    package var remoteState: BFDState
    /// Why the peer left the state Up last.
    package var remoteDiagnostic: BFDDiagnostic

    package init(
        from: BFDState, to: BFDState, diagnostic: BFDDiagnostic = .none, remoteState: BFDState = .down,
        remoteDiagnostic: BFDDiagnostic = .none
    ) {
        self.from = from
        self.to = to
        self.diagnostic = diagnostic
        self.remoteState = remoteState
        self.remoteDiagnostic = remoteDiagnostic
    }
}
