import Timing

extension PeerSession {
    /// Takes bytes in any segmentation; a message may end the connection and make the rest void.
    mutating func receive(
        _ bytes: [UInt8], on id: ConnectionID, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        guard let index = index(of: id), connections[index].state >= .openSent else { return }
        connections[index].framer.append(bytes)
        do throws(NotificationMessage) {
            while let index = self.index(of: id), let frame = try connections[index].framer.next() {
                record.received.add(frame.type)
                try take(frame, on: index, at: now, using: &random)
            }
        } catch {
            fail(id, error, at: now, using: &random)
        }
    }

    private mutating func take(
        _ frame: MessageFrame, on index: Int, at now: Instant, using random: inout some RandomNumberGenerator
    ) throws(NotificationMessage) {
        let state = connections[index].state
        switch (frame.type, state) {
        case (.notification, _):
            let notification = try NotificationMessage(decoding: frame.body)
            end(connections[index].id, by: notification, at: now, using: &random)
        case (.open, .openSent):
            try takeOpen(OpenMessage(decoding: frame.body), on: index, at: now, using: &random)
        case (.keepalive, .openConfirm): establish(index, at: now)
        case (.keepalive, .established): connections[index].restartHold(at: now)
        case (.update, .established):
            connections[index].restartHold(at: now)
            try takeUpdate(frame.body, on: index)
        case (.routeRefresh, .established): try takeRefresh(frame, on: index)
        default: throw .unexpectedMessage(in: state)
        }
    }

    private mutating func takeOpen(
        _ message: OpenMessage, on index: Int, at now: Instant, using random: inout some RandomNumberGenerator
    ) throws(NotificationMessage) {
        guard let offered = connections[index].offered else { return }
        let terms = try SessionTerms(message, offered: offered, configuration)
        let id = connections[index].id
        guard survivesCollision(id, terms, at: now, using: &random), let index = self.index(of: id) else { return }
        connections[index].terms = terms
        connections[index].state = .openConfirm
        connections[index].restartHold(at: now)
        connections[index].restartKeepalive(configured: configuration.keepaliveTime, at: now, using: &random)
        sendKeepalive(on: id)
    }

    private mutating func takeUpdate(_ body: ArraySlice<UInt8>, on index: Int) throws(NotificationMessage) {
        guard let terms = connections[index].terms else { return }
        let before = record.routes.announcedTotal
        record.routes.add(try UpdateReport(decoding: body, in: terms.updateContext))
        let count = record.routes.announcedTotal
        // nothing is stored, but a router that sends its whole table is worth a word
        if before < Self.manyRoutes && count >= Self.manyRoutes { effects.append(.manyRoutesReceived(count)) }
    }

    private static var manyRoutes: Int { 10_000 }

    private mutating func takeRefresh(_ frame: MessageFrame, on index: Int) throws(NotificationMessage) {
        guard let terms = connections[index].terms else { return }
        guard let message = RouteRefreshMessage(decoding: frame.body) else {
            let whole = frame.wholeMessage
            throw terms.hasEnhancedRouteRefresh ? .badRefreshLength(whole) : .badMessageLength(whole.count)
        }
        guard message.subtype == RouteRefreshMessage.Subtype.request.rawValue,
            let family = message.family.ipFamily, terms.families.contains(message.family)
        else { return }
        export.requestRefresh(of: family)
        effects.append(.output(connections[index].id))
    }

    /// KEEPALIVE has confirmed our OPEN.
    private mutating func establish(_ index: Int, at now: Instant) {
        guard let terms = connections[index].terms else { return }
        connections[index].state = .established
        connections[index].restartHold(at: now)
        let (id, path) = (connections[index].id, connections[index].path)
        for dial in connections where dial.state == .connect { effects.append(.close(dial.id)) }
        connections.removeAll { $0.state == .connect }
        connectRetryDeadline = nil
        restartDeadline = nil
        stableDeadline = now + IdleHold.stableAfter
        record.routes = ReceivedCounters()
        record.establishments += 1
        export.begin(terms, path: path, configuration)
        effects.append(.established(terms))
        effects.append(.output(id))
    }
}
