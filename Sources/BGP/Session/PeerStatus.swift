package import Addresses
package import Timing

/// What people want to know of a session.
package struct PeerStatus: Sendable, Hashable {
    /// What becomes of the routes of one family.
    package enum Export: Sendable, Hashable {
        /// They are sent; `sent` were written and not withdrawn, `pending` changes are still to be written.
        case active(sent: Int, pending: Int)
        /// Both ends must offer the family.
        case notNegotiated
        /// The session has no address that such routes could have as next hop.
        case noNextHop
        /// The session is not established.
        case down
    }

    /// The state of the session.
    package var state: PeerState
    /// When it became so.
    package var since: Instant?
    /// True while routers are asked to prefer other paths, or everything is being withdrawn.
    package var isLeaving: Bool
    /// What both agreed on, while the session is established.
    package var terms: SessionTerms?
    /// The routes by family, for each that is configured.
    package var exports: [IPFamily: Export]
    /// Counters and errors.
    package var record: PeerRecord
    /// When the next attempt is due.
    package var nextAttempt: Instant?
    /// Failures since the session was last stable.
    package var failures: Int
}

extension PeerSession {
    /// The status; the table is the one that `output` reads.
    package func status(_ table: ExportTable) -> PeerStatus {
        var exports: [IPFamily: PeerStatus.Export] = [:]
        for family in configuration.families.compactMap(\.ipFamily) { exports[family] = exportStatus(family, table) }
        return PeerStatus(
            state: state, since: record.since, isLeaving: departure != nil, terms: established?.terms,
            exports: exports, record: record,
            nextAttempt: [idleDeadline, connectRetryDeadline].compactMap(\.self).min(), failures: idleHold.failures)
    }

    private func exportStatus(_ family: IPFamily, _ table: ExportTable) -> PeerStatus.Export {
        guard let terms = established?.terms, let encoding = export.encoding else { return .down }
        guard terms.families.contains(AddressFamily(family)) else { return .notNegotiated }
        guard encoding.nextHops[family] != nil else { return .noNextHop }
        guard let reader = export.reader else { return .active(sent: 0, pending: table.count(of: family)) }
        return .active(sent: table.sentCount(reader, family), pending: table.pendingCount(reader, family))
    }
}
