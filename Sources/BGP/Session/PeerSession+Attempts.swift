import Timing

extension PeerSession {
    mutating func start(
        isRestarted: Bool, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard !isStarted else { return }
        isStarted = true
        departure = nil
        idleHold = IdleHold()
        if isRestarted, let seconds = configuration.gracefulRestartSeconds {
            restartDeadline = now + .seconds(Int(seconds))
        }
        record.since = now
        attempt(at: now, using: &random)
    }

    /// Dials, unless the peer is to do that; gives up a dial that is under way.
    mutating func attempt(at now: Instant, using random: inout some RandomNumberGenerator) {
        connectRetryDeadline = nil
        if let old = connections.first(where: { $0.state == .connect }) {
            connections.removeAll { $0.id == old.id }
            effects.append(.close(old.id))
            record.note(.dialFailed("no answer; if the peer uses a password, check it"))
        }
        guard !configuration.isPassive else { return }
        guard !connections.contains(where: { $0.id.initiator == .us }) else { return }
        lastOutgoing += 1
        let id = ConnectionID.outgoing(lastOutgoing)
        connections.append(Connection(id: id))
        connectRetryDeadline = now + configuration.connectTime.scaled(0.75...1, using: &random)
        effects.append(.dial(id))
    }

    mutating func failDial(_ id: ConnectionID, _ text: String) {
        guard let index = index(of: id), connections[index].state == .connect else { return }
        connections.remove(at: index)
        // the next attempt is when the retry timer says, which runs since the dial began
        let failure = PeerFailure.dialFailed(text)
        record.note(failure)
        effects.append(.attemptFailed(failure))
    }

    mutating func connect(
        _ id: ConnectionID, _ path: ConnectionPath, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        switch id.initiator {
        case .us:
            guard let index = index(of: id), connections[index].state == .connect else {
                return effects.append(.close(id))
            }
            connectRetryDeadline = nil
            open(at: index, path, at: now)
        case .peer:
            guard index(of: id) == nil else { return }
            guard isStarted, departure == nil else { return refuse(id) }
            // a word would count as a failure at the other end: two ends that pause would refuse each other for ever
            guard idleDeadline == nil else { return effects.append(.close(id)) }
            // a peer that opens another one has given up the one before
            let stale = connections.filter { $0.id.initiator == .peer && $0.state != .established }.map(\.id)
            connections.removeAll { stale.contains($0.id) }
            effects += stale.map { .close($0) }
            connections.append(Connection(id: id))
            open(at: connections.count - 1, path, at: now)
        }
    }

    private mutating func refuse(_ id: ConnectionID) {
        send(.cease(.connectionRejected), on: id)
        effects.append(.close(id))
    }

    /// A connection came up: say who we are.
    private mutating func open(at index: Int, _ path: ConnectionPath, at now: Instant) {
        let message = openMessage(at: now)
        connections[index].isReplacement = established != nil
        connections[index].path = path
        connections[index].state = .openSent
        connections[index].offered = message
        // large, since nothing is agreed on yet (RFC 4271 8.2.2)
        connections[index].holdDeadline = now + .seconds(240)
        record.sent.add(.open)
        effects.append(.send(connections[index].id, message.encoded))
    }

    /// Our OPEN.
    private mutating func openMessage(at now: Instant) -> OpenMessage {
        let capabilities = omitsCapabilities ? [] : self.capabilities(at: now)
        omitsCapabilities = false
        return OpenMessage(
            localAS: configuration.visibleAS, holdSeconds: configuration.holdSeconds,
            identifier: configuration.identifier, capabilities: capabilities)
    }

    private func capabilities(at now: Instant) -> [Capability] {
        let families = configuration.families.sorted()
        var capabilities = families.map { Capability.multiprotocol($0) }
        capabilities.append(.routeRefresh)
        if configuration.offersExtendedNextHop { capabilities.append(.extendedNextHop([.ipv4OverIPv6])) }
        if let seconds = configuration.gracefulRestartSeconds {
            capabilities.append(
                .gracefulRestart(
                    GracefulRestart(
                        isRestarting: restartDeadline.map { now < $0 } ?? false, keepsRoutesOnNotification: true,
                        restartSeconds: seconds,
                        // kube-proxy forwards whether or not this process runs
                        families: families.map { .init(family: $0, isForwardingKept: true) })))
        }
        return capabilities + [.fourOctetAS(configuration.visibleAS), .enhancedRouteRefresh]
    }
}
