import Timing

// The echo function as its sender (RFC 5880 6.8.8, 6.8.9): packets that the peer's forwarding sends back.
extension BFDSession {
    struct EchoState: Sendable, Hashable {
        /// Since when packets are sent; nil while none are.
        var since: Instant?
        var lastSent: Instant?
        var jitter = 1.0
        /// The number of the last packet.
        var sequence: UInt32 = 0
        /// The highest number that came back, and when.
        var returned: UInt32 = 0
        var lastReturn: Instant?

        var isActive: Bool { since != nil }
    }

    /// Between two echo packets, before jitter, in microseconds; nil unless both ends want them.
    private var echoMicroseconds: UInt64? {
        guard state == .up, let wanted = settings.echoInterval, remote.requiredMinEchoReceive > 0 else { return nil }
        return UInt64(max(wanted.fieldMicroseconds, remote.requiredMinEchoReceive))
    }

    /// When the next echo packet is due.
    var echoDue: Instant? {
        guard let interval = echoMicroseconds, let lastSent = echo.lastSent else { return nil }
        return lastSent + .microseconds(interval) * min(echo.jitter, jitterRange.upperBound)
    }

    /// When so many echo packets are missing that the path is gone.
    var echoDetectionDue: Instant? {
        guard let interval = echoMicroseconds, let start = echo.lastReturn ?? echo.since else { return nil }
        return start + .microseconds(UInt64(settings.detectMultiplier) * interval)
    }

    /// Starts and stops with the conditions; a stop is at once (RFC 5880 6.8.6).
    mutating func followEcho(at now: Instant) {
        if echoMicroseconds == nil {
            if echo.isActive { echo = EchoState(sequence: echo.sequence, returned: echo.sequence) }
        } else if !echo.isActive {
            echo.since = now
        }
    }

    mutating func expireEcho(at now: Instant) {
        if let due = echoDetectionDue, due <= now { change(to: .down, .echoFailed, at: now) }
    }

    /// Takes an echo packet back, each once.
    mutating func receive(_ packet: BFDEcho, at now: Instant) {
        guard packet.nonce == nonce, packet.sequence > echo.returned, packet.sequence <= echo.sequence else {
            lastDrop = .echo
            counters.dropped[.echo, default: 0] += 1
            return
        }
        counters.echoPacketsReceived += 1
        echo.returned = packet.sequence
        echo.lastReturn = now
    }

    /// Sends an echo packet if one is due.
    mutating func sendDueEcho(at now: Instant, using random: inout some RandomNumberGenerator) {
        guard echoMicroseconds != nil, echoDue.map({ $0 <= now }) != false else { return }
        // After 2^32 packets the numbers begin again; what is on its way then counts as lost.
        if echo.sequence == .max { (echo.sequence, echo.returned) = (0, 0) }
        echo.sequence += 1
        counters.echoPacketsSent += 1
        effects.append(
            .sendEcho(BFDEcho(discriminator: discriminator, sequence: echo.sequence, nonce: nonce).encoded))
        echo.lastSent = now
        echo.jitter = Double.random(in: jitterRange, using: &random)
    }
}
