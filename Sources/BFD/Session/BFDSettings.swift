/// What a session is to be like: a `BFDProfile` and whether the peer is on the link.
package struct BFDSettings: Sendable, Hashable {
    /// At most so often to send once Up; 1 µs to 71 minutes.
    package var transmitInterval: Duration
    /// At most so often to receive; 1 µs to 71 minutes.
    package var receiveInterval: Duration
    /// At most so often to send echo packets, and to loop the peer's; nil for neither. One hop only (RFC 5883 3).
    package var echoInterval: Duration?
    /// Intervals of silence after which the peer takes us for gone; 1 to 255.
    package var detectMultiplier: UInt8
    /// True if nothing is sent before the peer is heard.
    package var isPassive: Bool
    /// The least TTL or hop limit of packets taken: 255 for one hop (RFC 5881 5), less for more (RFC 5883 5).
    package var minimumHopLimit: UInt8

    /// Settings; what is left out is as in FRR's default profile, one hop.
    package init(
        transmitInterval: Duration = .milliseconds(300), receiveInterval: Duration = .milliseconds(300),
        echoInterval: Duration? = nil, detectMultiplier: UInt8 = 3, isPassive: Bool = false,
        minimumHopLimit: UInt8 = 255
    ) {
        self.transmitInterval = transmitInterval
        self.receiveInterval = receiveInterval
        self.echoInterval = echoInterval
        self.detectMultiplier = max(1, detectMultiplier)
        self.isPassive = isPassive
        self.minimumHopLimit = minimumHopLimit
    }
}

extension Duration {
    /// Microseconds as a packet's field has them: 1 to 2^32 - 1; a rest is dropped.
    var fieldMicroseconds: UInt32 {
        guard self > .zero else { return 1 }
        let (seconds, attoseconds) = components
        guard seconds < 4295 else { return .max }
        return UInt32(clamping: max(1, seconds * 1_000_000 + attoseconds / 1_000_000_000_000))
    }
}
