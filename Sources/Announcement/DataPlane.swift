import Reasons
package import Timing

/// Whether traffic that reaches this node gets to pods: kube-proxy's health, and the time after a boot. (Whether the
/// kernel forwards is a link's matter.) Pure: whoever asks kube-proxy notes what it says here and acts on `gate`.
///
/// A node that owns a VIP and cannot carry its traffic is worse than one that is dead: nobody takes over from it.
package struct DataPlane: Sendable {
    /// What decides whether kube-proxy's health counts.
    package enum HealthRule: Sendable, Hashable {
        /// It is not asked.
        case ignored
        /// It counts on nodes where it once was good: a cluster may do without kube-proxy.
        case whereKnown
        /// Nothing is announced before it is good.
        case required
    }

    /// What one question gave.
    package enum Health: Sendable, Hashable {
        case good
        /// Why not, as a person reads it: `answers 503`, `does not answer: connection refused`.
        case bad(String)
    }

    /// So many bad answers in a row count: a single one may be lost.
    static let patience = 3
    /// Between two questions while all is well.
    package static let interval: Duration = .seconds(2)
    /// Between two questions while the last answer was bad.
    package static let urgentInterval: Duration = .milliseconds(500)

    private let url: String
    private let rule: HealthRule
    private var holdUntil: Instant?
    /// True if kube-proxy's health was good on this node once, in this process or an earlier one.
    package private(set) var isKnown = false
    private var badAnswers = 0
    private var lastBad = "was not asked yet"
    /// True until the first good answer of a node that carried nothing when the process began.
    private var isUnproven = false

    /// - Parameter url: where kube-proxy tells its health, for messages.
    package init(url: String, rule: HealthRule) {
        self.url = url
        self.rule = rule
        isUnproven = rule == .required
    }

    /// The process began.
    /// - Parameters:
    ///   - isKnown: an earlier process of this node saw kube-proxy in good health.
    ///   - isCarrying: the kernel answers for addresses since an earlier process. That goes on meanwhile: a restart of the
    ///     speaker says nothing of kube-proxy.
    ///   - hold: nothing is announced for this long: what is left of the time after a boot.
    package mutating func begin(isKnown: Bool, isCarrying: Bool, hold: Duration, at now: Instant) {
        self.isKnown = self.isKnown || isKnown
        isUnproven = !isCarrying && badAnswers == 0 && (rule == .required || rule == .whereKnown && isKnown)
        holdUntil = hold > .zero && !isCarrying ? now + hold : nil
    }

    package mutating func note(_ health: Health) {
        switch health {
        case .good:
            isKnown = true
            isUnproven = false
            badAnswers = 0
        case .bad(let reason):
            badAnswers = min(badAnswers + 1, Self.patience)
            lastBad = reason
        }
    }

    /// When to ask next, after the last answer; nil if never.
    package var pause: Duration? {
        guard rule != .ignored else { return nil }
        let isUrgent = isUnproven || isKnown && badAnswers > 0
        return isUrgent ? Self.urgentInterval : Self.interval
    }

    /// When the gate opens by itself.
    package var nextDeadline: Instant? { holdUntil }

    /// Whether anything may be announced, and why not.
    package mutating func gate(at now: Instant) -> AnnouncementEvent.Gate {
        if let until = holdUntil {
            guard now >= until else { return .shut(.bootHold, "the node booted lately: --boot-hold is not over") }
            holdUntil = nil
        }
        let counts = rule == .required || rule == .whereKnown && isKnown
        guard counts, isUnproven || badAnswers >= Self.patience else { return .open }
        return .shut(
            .dataPlaneNotReady, "kube-proxy at \(url) \(lastBad); --data-plane-health=off leaves it out of account")
    }
}
