/// Judges, when a speaker is told to end, whether another one will follow it on the node. Where none will, nothing that it
/// leaves in the kernel has anybody to take it over.
package struct RemovalJudge: Sendable {
    /// What the API server says of the DaemonSet that the speaker belongs to.
    package enum Answer: Sendable, Hashable {
        case present
        /// It is there, and is being deleted.
        case deleting
        case absent
        /// The account, or its right to look, is gone: Helm removes all of a chart in one go.
        case refused
        /// Nobody answered.
        case unknown
    }

    /// Whether the DaemonSet was seen since the start: without that, an absent one is a wrong name, and a refusal a right
    /// that nobody gave.
    package private(set) var hasSeenIt = false

    package init() {}

    package mutating func note(_ answer: Answer) {
        if answer == .present || answer == .deleting { hasSeenIt = true }
    }

    /// In doubt a speaker comes back: to leave what a successor takes over costs nothing, to remove it costs packets.
    package func isRemoval(_ answer: Answer) -> Bool {
        switch answer {
        case .deleting: true
        case .absent, .refused: hasSeenIt
        case .present, .unknown: false
        }
    }
}
