import Timing

extension PeerSession {
    /// The peer is wrong, silent or not wanted: tell it and close.
    mutating func fail(
        _ id: ConnectionID, _ notification: NotificationMessage, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard let index = index(of: id) else { return }
        if connections[index].state >= .openSent { send(notification, on: id) }
        drop(id, .sent(notification), at: now, using: &random)
    }

    /// The peer has said why it ends the session. There is no answer to that.
    mutating func end(
        _ id: ConnectionID, by notification: NotificationMessage, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        record.lastReceived = notification
        if let index = index(of: id), notification.code == 2, notification.subcode == 4,
            connections[index].offered?.capabilities.isEmpty == false,
            configuration.families.contains(.ipv4Unicast)
        {
            omitsCapabilities = true
        }
        drop(id, .received(notification), at: now, using: &random)
    }

    /// The one way out of every connection. What follows depends on whether it was the last one.
    mutating func drop(
        _ id: ConnectionID, _ failure: PeerFailure, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard let index = index(of: id) else { return }
        let connection = connections.remove(at: index)
        effects.append(isStuck(failure) ? .abort(id) : .close(id))
        if connection.state == .established {
            finishExport()
            effects.append(.down(failure))
            record.note(failure)
        } else if connections.isEmpty {
            effects.append(.attemptFailed(failure))
            record.note(failure)
        }
        if departure != nil && established == nil { return rest(at: now) }
        guard isStarted, connections.isEmpty else { return }
        retry(after: failure, from: connection.state, at: now, using: &random)
    }

    private func isStuck(_ failure: PeerFailure) -> Bool { failure == .sent(.sendHoldTimerExpired) }

    /// No connection is left.
    private mutating func retry(
        after failure: PeerFailure, from state: PeerState, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        let wasStable = stableDeadline == nil && state == .established
        stableDeadline = nil
        if case .connectionLost = failure, state == .openSent {
            // nothing was said that a pause would help; the usual interval is enough (RFC 4271 8.2.2, event 18)
            connectRetryDeadline =
                configuration.isPassive ? nil : now + configuration.connectTime.scaled(0.75...1, using: &random)
            return
        }
        if case .connectionLost = failure, wasStable { return attempt(at: now, using: &random) }
        idleHold.fail()
        connectRetryDeadline = nil
        idleDeadline = now + idleHold.delay(using: &random)
    }

    /// A peer that has restarted takes over with another connection: the old one is dead and hears nothing more.
    mutating func replace(
        _ id: ConnectionID, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        drop(id, .replaced, at: now, using: &random)
        stableDeadline = nil
    }

    /// BFD has seen the path die: no reason to wait for the hold time (RFC 5882 4.2, RFC 9384).
    mutating func loseForwarding(at now: Instant, using random: inout some RandomNumberGenerator) {
        guard let established else { return }
        fail(established.id, .cease(.bfdDown), at: now, using: &random)
    }

    /// Ends every connection and begins again at once.
    mutating func reset(
        _ notification: NotificationMessage, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard isStarted, departure == nil else { return }
        closeAll(notification)
        idleDeadline = nil
        stableDeadline = nil
        attempt(at: now, using: &random)
    }

    mutating func configure(
        _ new: PeerConfiguration, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        let cost = configuration.cost(ofChangeTo: new)
        let hasNewManners = configuration.isPassive != new.isPassive
        configuration = new
        switch cost {
        case .reset: reset(.cease(.otherConfigurationChange), at: now, using: &random)
        case .resend:
            guard let established, let terms = established.terms else { return }
            export.updateEncoding(terms, path: established.path, configuration)
            effects.append(.output(established.id))
        case .none: if hasNewManners && state == .active { attempt(at: now, using: &random) }
        }
    }

    /// Ends every connection; what the peer of an established one is told is an end for `down` too.
    mutating func closeAll(_ notification: NotificationMessage?) {
        for connection in connections {
            if let notification, connection.state >= .openSent { send(notification, on: connection.id) }
            effects.append(.close(connection.id))
            guard connection.state == .established else { continue }
            finishExport()
            let failure = notification.map { PeerFailure.sent($0) } ?? .stopped
            effects.append(.down(failure))
            record.note(failure)
        }
        connections = []
        connectRetryDeadline = nil
    }

    mutating func finishExport() {
        if let reader = export.reader { effects.append(.release(reader)) }
        export = ExportState()
    }

    mutating func send(_ notification: NotificationMessage, on id: ConnectionID) {
        record.sent.add(.notification)
        record.lastSent = notification
        effects.append(.send(id, notification.encoded))
    }

    mutating func sendKeepalive(on id: ConnectionID) {
        record.sent.add(.keepalive)
        effects.append(.send(id, BGPMessage.keepalive))
    }
}
