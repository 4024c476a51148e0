/// What became of the packets that came into the sink.
package struct SinkCounts: Sendable, Hashable {
    package var echoReplies = 0
    package var resets = 0
    package var portUnreachables = 0
    package var protocolUnreachables = 0
    /// Dropped: the port is a Service's. Its rules were not in place, or not for this packet.
    package var served = 0
    /// Dropped: nothing is answered to such a packet, or it is malformed.
    package var ignored = 0
    /// Dropped: more than the limit.
    package var limited = 0

    package init() {}

    mutating func add(_ kind: SinkReply.Kind) {
        switch kind {
        case .echoReply: echoReplies += 1
        case .reset: resets += 1
        case .portUnreachable: portUnreachables += 1
        case .protocolUnreachable: protocolUnreachables += 1
        }
    }
}
