import Timing

extension PeerSession {
    /// Begins to leave the peer. A second reason replaces the first: a drain can become a shutdown.
    mutating func leave(
        _ reason: Departure, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard isStarted else { return effects.append(.stopped) }
        guard let established, let terms = established.terms else {
            closeAll(reason == .restart ? nil : reason.notification)
            return rest(at: now)
        }
        let canKeepRoutes = terms.gracefulRestart != nil
        switch reason {
        case .restart where canKeepRoutes:
            closeAll(nil)
            rest(at: now)
        case .drain(let delay, _):
            departure = .draining(reason.notification, until: now + delay)
            export.isDraining = true
            export.updateEncoding(terms, path: established.path, configuration)
            effects.append(.output(established.id))
        case .restart, .shutdown, .deconfigured: withdraw(saying: reason.notification, at: now)
        }
    }

    /// Everything goes before the last word, so that no router keeps a route to a speaker that has left.
    mutating func withdraw(saying notification: NotificationMessage, at now: Instant) {
        guard let established else { return rest(at: now) }
        departure = .withdrawing(notification, until: now + DepartureState.patience)
        effects.append(.output(established.id))
    }

    /// The last word: with N negotiated only a Hard Reset makes the peer drop the routes (RFC 8538 4).
    mutating func sayGoodbye(_ notification: NotificationMessage, at now: Instant) {
        let keepsRoutes = established?.terms?.keepsRoutesOnNotification ?? false
        closeAll(keepsRoutes ? notification.asHardReset : notification)
        rest(at: now)
    }

    /// Nothing happens any more until `start`.
    mutating func rest(at now: Instant) {
        for connection in connections { effects.append(.close(connection.id)) }
        connections = []
        isStarted = false
        departure = nil
        idleDeadline = nil
        connectRetryDeadline = nil
        stableDeadline = nil
        restartDeadline = nil
        effects.append(.stopped)
    }
}
