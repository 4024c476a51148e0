import Telemetry

/// Decisions that were made a short time ago, so that a scraper does not cost two requests of the API server each time.
struct DecisionCache {
    /// What was asked.
    struct Question: Sendable, Hashable {
        var token: String
        var verb: String
        var path: String
    }

    private struct Entry {
        var decision: AccessDecision
        var end: ContinuousClock.Instant
    }

    /// A right that is taken away, or a token that is deleted, counts for as long.
    static let trust = Duration.seconds(60)
    /// A right that is given is waited for as long.
    static let distrust = Duration.seconds(10)
    /// Scrapers are few. Whoever sends more tokens than that pushes out who came first, and gains nothing.
    static let limit = 64

    private var entries: [Question: Entry] = [:]

    /// The decision, if there is one that still counts.
    func decision(on question: Question, at now: ContinuousClock.Instant) -> AccessDecision? {
        entries[question].flatMap { $0.end > now ? $0.decision : nil }
    }

    /// Keeps a decision. That nobody could be asked is none.
    mutating func keep(_ decision: AccessDecision, on question: Question, at now: ContinuousClock.Instant) {
        let time: Duration
        switch decision {
        case .allowed: time = Self.trust
        case .unauthenticated, .forbidden: time = Self.distrust
        case .unavailable: return
        }
        entries = entries.filter { $0.value.end > now }
        if entries.count >= Self.limit, entries[question] == nil {
            // Refusals go first, so that a flood of wrong tokens leaves the scraper's in place.
            let first = entries.min { one, other in
                let areAllowed = (one.value.decision == .allowed, other.value.decision == .allowed)
                return areAllowed.0 == areAllowed.1 ? one.value.end < other.value.end : !areAllowed.0
            }
            if let first { entries[first.key] = nil }
        }
        entries[question] = Entry(decision: decision, end: now + time)
    }
}
