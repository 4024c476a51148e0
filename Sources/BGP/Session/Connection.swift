import Timing

/// One TCP connection of a session, with the state machine of its own that RFC 4271 8.2.1 asks for: until the OPENs
/// have said which one stays, there may be two.
struct Connection: Sendable {
    let id: ConnectionID
    var state = PeerState.connect
    var path: ConnectionPath?
    var framer = MessageFramer()
    /// What we said.
    var offered: OpenMessage?
    /// What both agreed on, from OpenConfirm on.
    var terms: SessionTerms?
    /// True if it was opened while another one was established: by a peer that has forgotten that one.
    var isReplacement = false

    /// When the peer's silence has lasted too long.
    var holdDeadline: Instant?
    /// When to send KEEPALIVE.
    var keepaliveDeadline: Instant?
    /// When the kernel has refused bytes for too long.
    var sendHoldDeadline: Instant?

    init(id: ConnectionID) { self.id = id }

    var nextDeadline: Instant? { [holdDeadline, keepaliveDeadline, sendHoldDeadline].compactMap(\.self).min() }

    /// The peer was heard.
    mutating func restartHold(at now: Instant) {
        guard let terms else { return }
        holdDeadline = terms.holdTime > .zero ? now + terms.holdTime : nil
    }

    /// The next KEEPALIVE, somewhat early by chance so that peers do not fall into step (RFC 4271 10).
    mutating func restartKeepalive(
        configured: Duration?, at now: Instant, using random: inout some RandomNumberGenerator
    ) {
        keepaliveDeadline = terms?.keepaliveInterval(configured: configured)
            .map { now + $0.scaled(0.75...1, using: &random) }
    }

    /// Bytes were given to the kernel, which may or may not have room.
    mutating func expectProgress(at now: Instant) {
        guard state == .established, let terms, sendHoldDeadline == nil else { return }
        sendHoldDeadline = now + terms.sendHoldTime
    }

    /// The kernel took bytes.
    mutating func noteProgress(isPending: Bool, at now: Instant) {
        sendHoldDeadline = nil
        if isPending { expectProgress(at: now) }
    }
}
