package import Timing

/// The session with one router (RFC 4271 8): attempts, collisions, damping, and what happens when it ends. Each TCP
/// connection has its own state in a `Connection`; this machine holds them together.
///
/// It reads no clock and opens no socket. The owner performs the effects, tells of what happens to connections, and
/// asks `output` for routes when the connection takes bytes.
package struct PeerSession: Sendable {
    /// What the session is to be.
    package internal(set) var configuration: PeerConfiguration
    /// What was done and heard so far.
    package internal(set) var record = PeerRecord()

    /// At most one that we dial, one that the peer opened, and one with which a restarted peer replaces another.
    var connections: [Connection] = []
    var effects: [PeerEffect] = []
    var isStarted = false
    var departure: DepartureState?
    var idleHold = IdleHold()
    /// When the next attempt may begin, after a failure.
    var idleDeadline: Instant?
    /// When to dial again.
    var connectRetryDeadline: Instant?
    /// When the session counts as stable.
    var stableDeadline: Instant?
    /// Until when R may be set in OPEN.
    var restartDeadline: Instant?
    /// True if the next OPEN goes without capabilities: the peer does not know the parameter.
    var omitsCapabilities = false
    var export = ExportState()
    var lastOutgoing: UInt64 = 0

    /// A session that waits for `start`.
    package init(_ configuration: PeerConfiguration) { self.configuration = configuration }

    /// When `timer` is due.
    package var nextDeadline: Instant? {
        let own = [
            idleDeadline, connectRetryDeadline, stableDeadline, departure?.deadline,
        ]
        return (own + connections.map(\.nextDeadline)).compactMap(\.self).min()
    }

    /// The state of the session: that of the connection that has come farthest.
    package var state: PeerState {
        if let farthest = connections.map(\.state).max() { return farthest }
        return isStarted && idleDeadline == nil ? .active : .idle
    }

    /// The connection that carries routes.
    package var establishedConnection: ConnectionID? { established?.id }

    var established: Connection? { connections.first { $0.state == .established } }

    /// Takes what happened and returns what is to be done.
    package mutating func handle(
        _ event: PeerEvent, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [PeerEffect] {
        let before = state
        switch event {
        case .start(let isRestarted): start(isRestarted: isRestarted, at: now, using: &random)
        case .stop(let reason): leave(reason, at: now, using: &random)
        case .reset(let text): reset(.cease(.administrativeReset, communication: text), at: now, using: &random)
        case .configure(let new): configure(new, at: now, using: &random)
        case .connected(let id, let path): connect(id, path, at: now, using: &random)
        case .dialFailed(let id, let text): failDial(id, text)
        case .received(let id, let bytes): receive(bytes, on: id, at: now, using: &random)
        case .closed(let id, let text): drop(id, .connectionLost(text), at: now, using: &random)
        case .wrote(let id, let isPending): noteProgress(id, isPending: isPending, at: now)
        case .bfdDown: loseForwarding(at: now, using: &random)
        case .reachable: if state == .active { attempt(at: now, using: &random) }
        case .timer: fireTimers(at: now, using: &random)
        }
        if state != before { record.since = now }
        defer { effects = [] }
        return effects
    }

    func index(of id: ConnectionID) -> Int? { connections.firstIndex { $0.id == id } }
}
