import Timing

// Control packets to the peer (RFC 5880 6.8.7).
extension BFDSession {
    /// When the next periodic packet is due; nil while none may be sent.
    var transmissionDue: Instant? {
        guard isPeriodic, let lastSent else { return nil }
        // Jitter drawn under other settings is kept within the range of these.
        return lastSent + .microseconds(transmitMicroseconds) * min(jitter, jitterRange.upperBound)
    }

    /// True while packets are sent by the clock.
    private var isPeriodic: Bool {
        guard mayAddress, remote.requiredMinReceive > 0 else { return false }
        // The peer asked for silence; only a question of ours breaks it (RFC 5880 6.6).
        let isDemandActive = remote.flags.contains(.demand) && state == .up && remote.state == .up
        return !isDemandActive || poll != nil
    }

    /// True unless the session is passive and does not know its peer.
    private var mayAddress: Bool {
        switch phase {
        case .idle, .finished: false
        case .running, .ending: !settings.isPassive || remote.discriminator > 0
        }
    }

    /// Sends what the event asks for and what the time does.
    mutating func sendDue(at now: Instant, using random: inout some RandomNumberGenerator) {
        defer {
            owesFinal = false
            isUrgent = false
        }
        if owesFinal {
            // At once and outside the schedule, whatever that says; it carries a change of state as well.
            send(.final)
            isUrgent = false
        }
        let isDue = isPeriodic && transmissionDue.map { $0 <= now } != false
        guard isDue || (isUrgent && mayAddress) else { return }
        if poll != nil {
            send(.poll)
            if poll == .wanted { poll = .sent }
        } else {
            send([])
        }
        lastSent = now
        jitter = Double.random(in: jitterRange, using: &random)
    }

    private mutating func send(_ flags: BFDMessage.Flags) {
        let message = BFDMessage(
            state: state, diagnostic: diagnostic, flags: flags, detectMultiplier: settings.detectMultiplier,
            myDiscriminator: discriminator, yourDiscriminator: remote.discriminator,
            desiredMinTransmit: advertised.desiredMinTransmit, requiredMinReceive: advertised.requiredMinReceive,
            requiredMinEchoReceive: settings.echoInterval?.fieldMicroseconds ?? 0)
        counters.controlPacketsSent += 1
        effects.append(.send(message.encoded))
    }
}
