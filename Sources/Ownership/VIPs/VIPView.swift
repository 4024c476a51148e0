package import Ranking

/// What a member's own configuration says of a VIP on this link.
package struct VIPView: Sendable, Hashable {
    /// The nodes that may own it, this one included if it is one of them. Whether they live is not said here.
    package var candidates: [Candidate]
    /// Whether this node may own it now.
    package var eligibility: Eligibility

    /// Whether this node may own a VIP.
    package enum Eligibility: Sendable, Hashable {
        /// It may.
        case eligible
        /// It may not, for a reason that is passed on as it is: `noLocalEndpoint`, `dataPlaneNotReady` …
        case notEligible(reason: String)
    }

    /// A view of one VIP.
    package init(candidates: [Candidate], eligibility: Eligibility) {
        self.candidates = candidates
        self.eligibility = eligibility
    }
}
