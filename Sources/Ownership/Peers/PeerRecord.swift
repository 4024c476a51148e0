import Addresses
import Timing

/// All that a member knows of another process on the link.
struct PeerRecord: Sendable {
    /// Questions to a silent member.
    struct Questions: Sendable {
        /// The VIP that is asked for: one lease covers all of a member's, so one is enough.
        let vip: IPAddress
        var asked = 0
        /// The number of questions asked when the last answer came.
        var answered: Int?
        var nextAt: Instant
    }

    /// A whole table that arrives in parts.
    struct Assembly: Sendable {
        let sender: InstanceID
        let version: UInt32
        let count: UInt16
        let startedAt: Instant
        var parts: Set<UInt16> = []
        var entries: [IPAddress: Claim] = [:]
    }

    /// The last live member that said it hears this one both ways.
    struct Witness: Sendable {
        let instance: InstanceID
        /// When that member last heard it.
        let heard: Instant
    }

    let instance: InstanceID
    /// The place in the order in which processes were first heard of.
    let ordinal: UInt64
    var nodeName: String
    var mac: MACAddress = .zero
    var address: IPAddress?
    var flags: MemberFlags = []
    var interval: Duration
    /// The multiplier that the member wants.
    var wantedMultiplier: Int
    var rotation = 1
    var highestVersion: UInt8 = 1

    /// The sequences that were received.
    var window = ReplayWindow()
    /// The sequence of the last hello.
    var helloSequence: UInt32 = 0
    var helloCount: UInt32?
    /// Hellos heard since the member was first heard, or since the carrier came back.
    var hellosHeard = 0
    /// When the last hello came; nil if none did.
    var heard: Instant?
    /// Since when its hellos come without a silence that would have made it gone.
    var heardSince: Instant?
    /// The last proof that it lives: a hello here or at a live member.
    var evidence: Instant
    /// When the latest of our hellos left that it echoed. The time of sending counts, so an old echo proves nothing.
    var provenAt: Instant?
    var roundTrip: Duration = .zero
    /// The estimated share of lost hellos.
    var loss = 0.0
    var state: PeerState = .heard
    var stateSince: Instant
    var upSince: Instant?
    var questions: Questions?
    var witness: Witness?
    /// True once the process said that it adopts what its predecessor had.
    var adopts = false
    /// True once the process said that it starts from nothing.
    var startsEmpty = false

    var table = ClaimTable()
    /// The predecessor's claims, which stand until the process has stated its own.
    var inherited: [IPAddress: Claim]?
    /// Version and digest of its table as its last datagram stated them.
    var statedVersion: UInt32 = 0
    var statedDigest: UInt64 = 0
    /// True if it was away and has not confirmed yet that its table is the one held here.
    var isTableStale = false
    var assembly: Assembly?
    var tableAskedAt: Instant?
    /// When it last saw the API, on our clock.
    var configurationSeen: Instant?
    /// When it and another process of the same name were first seen to live at once.
    var duplicateSince: Instant?
    var isDuplicateReported = false

    init(
        instance: InstanceID, ordinal: UInt64, nodeName: String, interval: Duration, multiplier: Int, at now: Instant
    ) {
        self.instance = instance
        self.ordinal = ordinal
        self.nodeName = nodeName
        self.interval = interval
        wantedMultiplier = multiplier
        evidence = now
        stateSince = now
    }

    /// The share of lost hellos from which on a link counts as lossy.
    static let lossy = 0.003

    /// True if it lives.
    var isLive: Bool { state.isLive }

    /// True if its claims count: it lives, and it was not away since they were stated.
    var isTrusted: Bool { isLive && !isTableStale }

    /// True if its hellos get lost.
    var isLossy: Bool { loss > Self.lossy }

    /// The claims that count for it.
    var claims: [IPAddress: Claim] { inherited ?? table.entries }

    /// True if the table held here is the one that it stated.
    var isInSync: Bool { table.version == statedVersion && table.digest == statedDigest }

    /// Silent intervals until the decision. On a lossy link so many that chance alone spans them once in a million.
    var multiplier: Int {
        guard isLossy else { return wantedMultiplier }
        var intervals = 1
        var chance = loss
        while chance > 1e-6 && intervals < 10 {
            chance *= loss
            intervals += 1
        }
        return min(10, max(wantedMultiplier, intervals))
    }

    /// From when on it is asked.
    var suspicion: Instant { evidence + interval * (multiplier - 1) }
    /// When it is decided whether it lives.
    var decision: Instant { evidence + interval * multiplier }
    /// Between two questions.
    var questionGap: Duration { max(interval / 4, .milliseconds(2)) }
    /// Unanswered questions after which its kernel counts as silent too.
    var questionLimit: Int { max(3, multiplier) }

    /// How old the echoed hello may be for a member to count as heard both ways.
    func twoWayLimit(ownInterval: Duration, rounds: Int? = nil) -> Duration {
        max(interval * rotation, ownInterval) * (rounds ?? multiplier) + interval + ownInterval
            + min(roundTrip, .milliseconds(500)) * 2
    }

    /// True if the questions were answered lately enough.
    var isAnswering: Bool {
        guard let questions, let answered = questions.answered else { return false }
        return questions.asked - answered < questionLimit
    }

    /// True if as many questions as count stayed without an answer, each for longer than a round trip takes.
    func isUnanswering(at now: Instant) -> Bool {
        guard let questions, !isLossy, roundTrip > .zero, roundTrip <= questionGap else { return false }
        return !isAnswering && questions.asked >= questionLimit && now >= questions.nextAt
    }

    mutating func enter(_ next: PeerState, at now: Instant) {
        if !next.isLive { upSince = nil } else if !isLive { upSince = now }
        if isLive && !next.isLive { isTableStale = true }
        state = next
        stateSince = now
        switch next {
        case .suspect, .held: break
        default: questions = nil
        }
    }

    /// Notes the count of hellos in one of its hellos: the gap to the last count is what got lost.
    mutating func noteHelloCount(_ count: UInt32) {
        defer { helloCount = count }
        // A silence that ended in "gone" says nothing of the link's everyday losses.
        guard let last = helloCount, isLive else { return }
        let gap = count &- last
        guard (1...64).contains(gap) else { return }
        for _ in 1..<Int(gap) { loss = loss * 63 / 64 + 1 / 64 }
        loss = loss * 63 / 64
    }
}
