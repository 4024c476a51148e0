import Addresses

/// What an established session still has to tell of its routes, apart from the routes themselves.
struct ExportState: Sendable {
    /// A refresh of one family.
    enum Refresh: Sendable, Hashable {
        case none
        /// Asked for, and not begun.
        case requested
        /// Under way.
        case running
        /// Asked for again while it is under way; more requests change nothing.
        case runningAndRequested
    }

    /// The terms for the table; nil while the session is not established.
    private(set) var encoding: UpdateEncoding?
    /// Our place in the table, from the first output on.
    var reader: ExportTable.ReaderID?
    var isDraining = false
    var refreshes: [IPFamily: Refresh] = [:]
    /// Families whose End-of-RIB marker is to come.
    var owedEndOfRIB: Set<AddressFamily> = []
    /// True if the encoding has changed since the table was told.
    var isEncodingStale = false

    mutating func begin(_ terms: SessionTerms, path: ConnectionPath?, _ configuration: PeerConfiguration) {
        self = ExportState()
        owedEndOfRIB = terms.families
        updateEncoding(terms, path: path, configuration)
    }

    mutating func updateEncoding(
        _ terms: SessionTerms, path: ConnectionPath?, _ configuration: PeerConfiguration
    ) {
        var nextHops: [IPFamily: NextHop] = [:]
        for family in IPFamily.allCases where terms.families.contains(AddressFamily(family)) {
            nextHops[family] = path?.nextHop(
                for: family, usesExtendedNextHop: terms.usesExtendedNextHop, preferred: configuration.nextHops[family])
        }
        encoding = UpdateEncoding(
            localAS: configuration.visibleAS, isInternal: terms.isInternal, isFourOctet: terms.isFourOctet,
            nextHops: nextHops, isDraining: isDraining)
        isEncodingStale = reader != nil
    }

    /// One refresh a family is under way, and at most one more is owed.
    mutating func requestRefresh(of family: IPFamily) {
        switch refreshes[family] ?? .none {
        case .none: refreshes[family] = .requested
        case .running: refreshes[family] = .runningAndRequested
        case .requested, .runningAndRequested: break
        }
    }
}
