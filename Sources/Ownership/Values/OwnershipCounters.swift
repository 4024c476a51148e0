/// The reasons for which datagrams are dropped, as names of metrics.
package enum OwnershipDrop: String, Sendable, Hashable, CaseIterable {
    case hopLimit, length, magic, type, version, incompatible, key, tag, sampled, instance, replayed, retired
    case unknownMember, tooManyMembers, interval, epoch, element
}

extension OwnershipError {
    /// The counter that this reason adds to.
    package var drop: OwnershipDrop {
        switch self {
        case .hopLimit: .hopLimit
        case .length: .length
        case .magic: .magic
        case .type: .type
        case .version: .version
        case .incompatible: .incompatible
        case .key: .key
        case .tag: .tag
        case .sampled: .sampled
        case .instance: .instance
        case .replayed: .replayed
        case .retired: .retired
        case .unknownMember: .unknownMember
        case .tooManyMembers: .tooManyMembers
        case .interval: .interval
        case .epoch: .epoch
        case .element: .element
        }
    }
}

/// What a machine counted since its start.
package struct OwnershipCounters: Sendable, Hashable {
    /// Datagrams that passed all checks, by type.
    package var received: [OwnershipMessageType: Int] = [:]
    /// Datagrams that were dropped, by reason.
    package var dropped: [OwnershipDrop: Int] = [:]
    /// Datagrams sent, by type.
    package var sent: [OwnershipMessageType: Int] = [:]
    /// VIPs claimed by election or hand-over.
    package var claims = 0
    /// VIPs lost to a better claim.
    package var losses = 0
    /// Members that were live and went.
    package var peersLost = 0
    /// Questions to silent members.
    package var questions = 0
    /// Silent members that were not taken for dead because their kernel answered.
    package var holds = 0
    /// Times that the machine itself ran late.
    package var lateTicks = 0

    /// All zero.
    package init() {}
}
