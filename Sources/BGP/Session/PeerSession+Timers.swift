import Timing

extension PeerSession {
    /// Does what is due.
    mutating func fireTimers(at now: Instant, using random: inout some RandomNumberGenerator) {
        fireDeparture(at: now)
        for id in connections.map(\.id) { fireTimers(of: id, at: now, using: &random) }
        if isDue(stableDeadline, now) {
            stableDeadline = nil
            idleHold.settle()
            record.cause = nil
        }
        if isDue(idleDeadline, now) {
            idleDeadline = nil
            attempt(at: now, using: &random)
        }
        if isDue(connectRetryDeadline, now) { attempt(at: now, using: &random) }
    }

    private func isDue(_ deadline: Instant?, _ now: Instant) -> Bool { deadline.map { $0 <= now } ?? false }

    private mutating func fireDeparture(at now: Instant) {
        guard let departure, departure.deadline <= now else { return }
        switch departure {
        case .draining(let notification, _): withdraw(saying: notification, at: now)
        case .withdrawing(let notification, _): sayGoodbye(notification, at: now)
        }
    }

    private mutating func fireTimers(
        of id: ConnectionID, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard let index = index(of: id) else { return }
        if isDue(connections[index].holdDeadline, now) {
            return fail(id, .holdTimerExpired, at: now, using: &random)
        }
        if isDue(connections[index].sendHoldDeadline, now) {
            return fail(id, .sendHoldTimerExpired, at: now, using: &random)
        }
        if isDue(connections[index].keepaliveDeadline, now) {
            sendKeepalive(on: id)
            connections[index].restartKeepalive(configured: configuration.keepaliveTime, at: now, using: &random)
            connections[index].expectProgress(at: now)
        }
    }

    mutating func noteProgress(_ id: ConnectionID, isPending: Bool, at now: Instant) {
        guard let index = index(of: id) else { return }
        connections[index].noteProgress(isPending: isPending, at: now)
    }
}
