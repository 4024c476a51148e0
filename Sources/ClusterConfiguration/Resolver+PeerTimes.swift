import KubernetesObjects

extension Resolver {
    /// What to propose where a peer says nothing (RFC 4271 10).
    private static let standardHoldTime = Duration.seconds(90)

    /// The hold time in whole seconds, and the keepalive time if it is given. One that is given alone makes the hold time
    /// three times as long.
    mutating func resolveTimes(_ peer: BGPPeer) -> (hold: Duration, keepalive: Duration?) {
        let keepalive = duration(peer, "spec.keepaliveTime", peer.spec.keepaliveTime)
        var hold = Self.standardHoldTime
        if let given = duration(peer, "spec.holdTime", peer.spec.holdTime) {
            hold = .seconds(given.components.seconds)
            if given != .zero, given < .seconds(3) || given > .seconds(65535) {
                refuse(
                    peer, "spec.holdTime", peer.spec.holdTime,
                    "is no hold time: it must be 0s or from 3s to 65535s (RFC 4271 4.2)")
                return (Self.standardHoldTime, keepalive)
            }
        } else if let keepalive, peer.spec.holdTime.nonEmpty == nil {
            hold = .seconds((keepalive * 3).components.seconds)
            if keepalive != .zero, hold < .seconds(3) || hold > .seconds(65535) {
                refuse(
                    peer, "spec.keepaliveTime", peer.spec.keepaliveTime,
                    "makes a hold time of three times as much, and that must be from 3s to 65535s (RFC 4271 4.2)")
                return (Self.standardHoldTime, keepalive)
            }
        }
        if let keepalive, keepalive > hold {
            refuse(
                peer, "spec.keepaliveTime", peer.spec.keepaliveTime,
                "is more than the hold time, \(GoDuration.text(hold))")
        }
        return (hold, keepalive == .zero ? nil : keepalive)
    }

    mutating func resolveConnectTime(_ peer: BGPPeer) -> Duration? {
        guard let time = duration(peer, "spec.connectTime", peer.spec.connectTime) else { return nil }
        guard time >= .seconds(1), time <= .seconds(65535), time.components.attoseconds == 0 else {
            refuse(peer, "spec.connectTime", peer.spec.connectTime, "is no whole number of seconds from 1s to 65535s")
            return nil
        }
        return time
    }

    private mutating func duration(_ peer: BGPPeer, _ field: String, _ text: String?) -> Duration? {
        guard let text = text.nonEmpty else { return nil }
        guard let duration = GoDuration.parse(text), duration >= .zero else {
            refuse(peer, field, text, "is no duration: write a number and its unit, such as 90s or 1m30s")
            return nil
        }
        return duration
    }
}
