import Addresses
import Timing

/// A member's table: its entries at one version, with the digest kept along.
struct ClaimTable: Sendable {
    /// Rises by one a change.
    private(set) var version: UInt32 = 0
    /// XOR over the entries' digests.
    private(set) var digest: UInt64 = 0
    private(set) var entries: [IPAddress: Claim] = [:]

    /// What came of a run of changes.
    enum Outcome {
        /// Nothing in it was new.
        case known
        /// It began where the table stood, or before.
        case applied([ClaimChange])
        /// It begins after the table's version.
        case gap
    }

    /// One change; the version rises by one.
    mutating func apply(_ change: ClaimChange) {
        set(change.vip, change.claim)
        version &+= 1
    }

    /// The part of a run that is new here.
    mutating func apply(_ run: ClaimsElement) -> Outcome {
        let known = version &- run.from
        guard known < 1 << 31 else { return .gap }
        guard known < run.changes.count else { return .known }
        let news = Array(run.changes[Int(known)...])
        for change in news { apply(change) }
        return .applied(news)
    }

    /// Takes a whole table in place of what was here and returns what differs.
    mutating func replace(version: UInt32, with entries: [IPAddress: Claim]) -> [ClaimChange] {
        var changes: [ClaimChange] = []
        for vip in self.entries.keys where entries[vip] == nil { changes.append(ClaimChange(vip, nil)) }
        for (vip, claim) in entries where self.entries[vip] != claim { changes.append(ClaimChange(vip, claim)) }
        for change in changes { set(change.vip, change.claim) }
        self.version = version
        return changes
    }

    private mutating func set(_ vip: IPAddress, _ claim: Claim?) {
        if let old = entries[vip] { digest ^= old.digest(of: vip) }
        if let claim { digest ^= claim.digest(of: vip) }
        entries[vip] = claim
    }
}

/// This member's own table, with its latest changes kept for hellos.
struct OwnTable: Sendable {
    private struct Logged: Sendable {
        let change: ClaimChange
        let at: Instant
    }

    private(set) var table = ClaimTable()
    /// The latest changes; the last one leads to the table's version.
    private var log: [Logged] = []
    /// The version up to which changes were sent.
    private(set) var sentVersion: UInt32 = 0
    /// How many entries claim, deletions not counted.
    private(set) var claimCount = 0

    /// Changes are repeated in hellos for so long.
    private static let repetition: Duration = .seconds(1)

    mutating func set(_ vip: IPAddress, _ claim: Claim?, at now: Instant) {
        guard table.entries[vip] != claim else { return }
        if let old = table.entries[vip], !old.isDeletion { claimCount -= 1 }
        if let claim, !claim.isDeletion { claimCount += 1 }
        let change = ClaimChange(vip, claim)
        table.apply(change)
        log.append(Logged(change: change, at: now))
    }

    /// True if a change was never sent.
    var hasUnsent: Bool { sentVersion != table.version }

    /// Changes that were never sent, and the version before them.
    var unsent: (from: UInt32, changes: [ClaimChange]) {
        let count = Int(table.version &- sentVersion)
        return (sentVersion, log.suffix(count).map(\.change))
    }

    /// The latest changes, whether sent or not, and the version before them; oldest first.
    func recent(limit: Int) -> (from: UInt32, changes: [ClaimChange]) {
        let count = min(limit, log.count)
        return (table.version &- UInt32(count), log.suffix(count).map(\.change))
    }

    /// Notes that all changes were sent and forgets those that need no repetition.
    mutating func noteSent(at now: Instant) {
        sentVersion = table.version
        let keep = log.suffix(256).drop { now - $0.at > Self.repetition }
        if keep.count != log.count { log = Array(keep) }
    }
}
