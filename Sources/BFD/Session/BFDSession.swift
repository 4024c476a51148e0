package import Timing

/// One end of a BFD session in asynchronous mode (RFC 5880), over one hop (RFC 5881) or more (RFC 5883), of either
/// address family, with the echo function as a sender.
///
/// A value: it reads no clock, opens no socket and draws no random number by itself. Whoever owns clock and socket
/// passes events in, performs the effects in their order, and comes back at `nextDeadline` with `.tick`. Demand mode is
/// never asked for, and granted to a peer that asks.
package struct BFDSession: Sendable {
    /// The slowest that a session which is not Up may be (RFC 5880 6.8.3), in microseconds.
    static let slowInterval: UInt32 = 1_000_000

    /// What the peer has said last.
    struct Remote: Sendable, Hashable {
        var discriminator: UInt32 = 0
        var state = BFDState.down
        var diagnostic = BFDDiagnostic.none
        var detectMultiplier: UInt8 = 0
        var desiredMinTransmit: UInt32 = 0
        /// 1 before anything is known (RFC 5880 6.8.1).
        var requiredMinReceive: UInt32 = 1
        var requiredMinEchoReceive: UInt32 = 0
        var flags: BFDMessage.Flags = []
    }

    /// The two parameters that the peer has to confirm before a change for the worse is in force.
    struct Intervals: Sendable, Hashable {
        var desiredMinTransmit: UInt32
        var requiredMinReceive: UInt32
    }

    /// What the session does at all.
    enum Phase: Sendable, Hashable {
        case idle, running
        case ending(until: Instant)
        case finished
    }

    /// A Poll sequence (RFC 5880 6.5).
    enum Poll: Sendable, Hashable {
        /// The next packet begins it.
        case wanted
        /// At least one packet with P is on its way.
        case sent
        /// So it is, and what it says was changed since: the answer to it ends nothing, another sequence follows.
        case outdated
    }

    /// Our name for the session, not 0 and unique on the node.
    package let discriminator: UInt32
    /// What the session is to be like.
    package internal(set) var settings: BFDSettings
    /// Our state.
    package internal(set) var state = BFDState.down
    /// Why our state changed last.
    package internal(set) var diagnostic = BFDDiagnostic.none
    /// What was counted since the start.
    package internal(set) var counters = BFDCounters()
    /// Why a packet for this session was dropped last; nil if the last one was not.
    package internal(set) var lastDrop: BFDError?
    /// Since when the session is Up.
    package internal(set) var upSince: Instant?

    var phase = Phase.idle
    var remote = Remote()
    /// What packets say.
    var advertised: Intervals
    /// What timers use.
    var inForce: Intervals
    var poll: Poll?

    /// When the last packet that counts for the schedule left.
    var lastSent: Instant?
    /// The share of the interval after which the next one leaves, drawn anew for each.
    var jitter = 1.0
    /// True if the next packet is not to wait for its time.
    var isUrgent = false
    /// True if a packet with P is to be answered.
    var owesFinal = false
    /// From when on the detection time counts: mostly when the peer was heard last.
    var detectionStart: Instant?

    let nonce: UInt64
    var echo = EchoState()
    var effects: [BFDEffect] = []

    /// A session that does nothing before `.started`.
    package init(discriminator: UInt32, settings: BFDSettings, using random: inout some RandomNumberGenerator) {
        self.discriminator = discriminator
        self.settings = settings
        nonce = random.next()
        advertised = Intervals(desiredMinTransmit: Self.slowInterval, requiredMinReceive: Self.slowInterval)
        inForce = advertised
        refreshIntervals()
    }

    /// When `.tick` is due; nil if nothing is to come.
    package var nextDeadline: Instant? {
        switch phase {
        case .idle, .finished: nil
        case .running: [transmissionDue, detectionDue, echoDue, echoDetectionDue].compactMap(\.self).min()
        case .ending(let until): [until, transmissionDue].compactMap(\.self).min()
        }
    }

    /// Takes one event in and returns what it asks for.
    package mutating func handle(
        _ event: BFDEvent, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [BFDEffect] {
        switch event {
        case .started: start(at: now)
        case .received(let message, let hopLimit): receive(message, hopLimit: hopLimit, at: now)
        case .echoReturned(let packet): receive(packet, at: now)
        case .settingsChanged(let settings): self.settings = settings
        case .pathFailed: if state != .adminDown { change(to: .down, .pathDown, at: now) }
        case .disabled: if phase == .running { change(to: .adminDown, .administrativelyDown, at: now) }
        case .ended: end(at: now)
        case .tick: expire(at: now)
        }
        followEcho(at: now)
        refreshIntervals()
        sendDue(at: now, using: &random)
        sendDueEcho(at: now, using: &random)
        if case .ending(let until) = phase, until <= now { finish() }
        defer { effects = [] }
        return effects
    }
}

// MARK: - Life and states

extension BFDSession {
    private mutating func start(at now: Instant) {
        switch phase {
        case .idle:
            phase = .running
            isUrgent = !settings.isPassive
        case .running where state == .adminDown:
            change(to: .down, .none, at: now)
            // What was known of the peer before counts no longer than if it had been heard just now.
            if remote.discriminator > 0 { detectionStart = now }
        default: break
        }
    }

    /// The peer is told for as long as it may need to hear of it (RFC 5880 6.8.16), if there is one to tell.
    private mutating func end(at now: Instant) {
        guard phase == .running else {
            if phase == .idle { finish() }
            return
        }
        guard remote.discriminator > 0 else { return finish() }
        change(to: .adminDown, .administrativelyDown, at: now)
        refreshIntervals()
        phase = .ending(until: now + .microseconds(UInt64(settings.detectMultiplier) * transmitMicroseconds))
    }

    private mutating func finish() {
        phase = .finished
        effects.append(.finished)
    }

    /// Changes the state, with everything that hangs on it.
    mutating func change(to new: BFDState, _ diagnostic: BFDDiagnostic, at now: Instant) {
        let old = state
        guard new != old else { return }
        state = new
        self.diagnostic = diagnostic
        isUrgent = true
        if new == .up {
            counters.ups += 1
            upSince = now
        } else if old == .up {
            counters.downs += 1
            upSince = nil
            poll = nil
        }
        effects.append(
            .stateChanged(
                BFDStateChange(
                    from: old, to: new, diagnostic: diagnostic, remoteState: remote.state,
                    remoteDiagnostic: remote.diagnostic)))
    }
}

// MARK: - Parameters

extension BFDSession {
    /// Advertises what settings and state ask for, and uses of it what may be used at once: before the session is Up
    /// all of it; then only to send more often or to wait longer, and the rest when the peer has confirmed it
    /// (RFC 5880 6.8.3).
    mutating func refreshIntervals() {
        let wanted = wantedIntervals
        guard wanted != advertised || (state != .up && inForce != wanted) else { return }
        advertised = wanted
        guard state == .up else {
            inForce = wanted
            return
        }
        inForce.desiredMinTransmit = min(inForce.desiredMinTransmit, wanted.desiredMinTransmit)
        inForce.requiredMinReceive = max(inForce.requiredMinReceive, wanted.requiredMinReceive)
        poll = poll == .sent || poll == .outdated ? .outdated : .wanted
    }

    private var wantedIntervals: Intervals {
        let (transmit, receive) = (
            settings.transmitInterval.fieldMicroseconds, settings.receiveInterval.fieldMicroseconds
        )
        return Intervals(
            desiredMinTransmit: state == .up ? transmit : max(transmit, Self.slowInterval),
            // With echo packets doing the work, control packets need not be frequent (RFC 5880 6.8.3).
            requiredMinReceive: echo.isActive ? max(receive, Self.slowInterval) : receive)
    }

    /// The peer has answered the Poll sequence.
    mutating func endPoll() {
        switch poll {
        case nil, .wanted: break
        case .sent:
            poll = nil
            inForce = advertised
        case .outdated: poll = .wanted
        }
    }

    /// Between two packets, before jitter, in microseconds (RFC 5880 6.8.7).
    var transmitMicroseconds: UInt64 { UInt64(max(inForce.desiredMinTransmit, remote.requiredMinReceive)) }

    /// The silence after which the peer is gone, in microseconds: up to 255 times 2^32 (RFC 5880 6.8.4).
    var detectionMicroseconds: UInt64 {
        UInt64(remote.detectMultiplier) * UInt64(max(inForce.requiredMinReceive, remote.desiredMinTransmit))
    }

    /// Shares of an interval after which to send. With a multiplier of 1 a packet has to be there before the interval
    /// is over (RFC 5880 6.8.7).
    var jitterRange: ClosedRange<Double> { settings.detectMultiplier == 1 ? 0.75...0.9 : 0.75...1 }
}
