import Timing

extension PeerSession {
    /// Decides between two connections once an OPEN has told the peer's identifier (RFC 4271 6.8, RFC 6286 2.3).
    /// Returns true if the one whose OPEN came stays.
    mutating func survivesCollision(
        _ id: ConnectionID, _ terms: SessionTerms, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> Bool {
        let rivals = connections.filter { $0.id != id && $0.state >= .openConfirm }
        for rival in rivals {
            if rival.state == .established {
                guard isRestart(id, of: rival) else { return lose(id, at: now, using: &random) }
                replace(rival.id, at: now, using: &random)
            } else if winner(terms) == id.initiator {
                _ = lose(rival.id, at: now, using: &random)
            } else {
                return lose(id, at: now, using: &random)
            }
        }
        return true
    }

    /// Who opened the connection that stays: the side with the higher identifier, then with the higher AS.
    private func winner(_ terms: SessionTerms) -> ConnectionID.Initiator {
        let ours = (configuration.identifier.bits, configuration.visibleAS)
        return ours > (terms.peerIdentifier.bits, terms.peerAS) ? .us : .peer
    }

    /// True if the peer opened this connection after the other one was established, as one does that has restarted
    /// and keeps forwarding (RFC 4724 5). Connections of about the same time are a collision like any other.
    private func isRestart(_ id: ConnectionID, of rival: Connection) -> Bool {
        guard let index = index(of: id) else { return false }
        return id.initiator == .peer && connections[index].isReplacement && rival.terms?.gracefulRestart != nil
            && departure == nil
    }

    private mutating func lose(
        _ id: ConnectionID, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> Bool {
        fail(id, .cease(.connectionCollision), at: now, using: &random)
        return false
    }
}
