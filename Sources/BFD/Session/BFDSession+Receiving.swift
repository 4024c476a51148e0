import Timing

// Packets from the peer (RFC 5880 6.8.6) and their absence (6.8.4).
extension BFDSession {
    mutating func receive(_ message: BFDMessage, hopLimit: UInt8, at now: Instant) {
        do throws(BFDError) { try check(message, hopLimit: hopLimit) } catch {
            lastDrop = error
            counters.dropped[error.drop, default: 0] += 1
            return
        }
        lastDrop = nil
        counters.controlPacketsReceived += 1
        remote = Remote(
            discriminator: message.myDiscriminator, state: message.state, diagnostic: message.diagnostic,
            detectMultiplier: message.detectMultiplier, desiredMinTransmit: message.desiredMinTransmit,
            requiredMinReceive: message.requiredMinReceive,
            requiredMinEchoReceive: message.requiredMinEchoReceive, flags: message.flags)
        detectionStart = now
        if message.flags.contains(.final) { endPoll() }
        if message.flags.contains(.poll) { owesFinal = true }
        follow(message.state, at: now)
    }

    private func check(_ message: BFDMessage, hopLimit: UInt8) throws(BFDError) {
        guard hopLimit >= settings.minimumHopLimit else {
            throw .hopLimit(hopLimit, least: settings.minimumHopLimit)
        }
        guard phase == .running, state != .adminDown else { throw .administrativelyDown }
    }

    /// The state table.
    private mutating func follow(_ received: BFDState, at now: Instant) {
        switch (state, received) {
        case (.down, .down): change(to: .initializing, .none, at: now)
        case (.down, .initializing), (.initializing, .initializing), (.initializing, .up):
            change(to: .up, .none, at: now)
        case (.initializing, .adminDown), (.up, .adminDown), (.up, .down):
            change(to: .down, .neighborSignaledDown, at: now)
        case (.adminDown, _), (.down, .adminDown), (.down, .up), (.initializing, .down), (.up, .initializing),
            (.up, .up):
            break
        }
    }

    /// When the peer has been silent for too long. Nobody listens while the session is held down.
    var detectionDue: Instant? {
        guard phase == .running, state != .adminDown else { return nil }
        return detectionStart.map { $0 + .microseconds(detectionMicroseconds) }
    }

    /// Acts on silence. After the session has failed the peer is addressed by its discriminator for one more detection
    /// time: a passive end would otherwise fall silent before it has said that it is down.
    mutating func expire(at now: Instant) {
        if let due = detectionDue, due <= now {
            switch state {
            case .initializing, .up:
                detectionStart = now
                change(to: .down, .detectionTimeExpired, at: now)
            case .down, .adminDown:
                detectionStart = nil
                remote = Remote()
            }
        }
        expireEcho(at: now)
    }
}
