/// The states of a session (RFC 4271 8.2.2), in the order in which it grows.
package enum PeerState: String, Sendable, Hashable, Comparable, CaseIterable {
    case idle
    case active
    case connect
    case openSent
    case openConfirm
    case established

    package static func < (left: PeerState, right: PeerState) -> Bool { left.rank < right.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
