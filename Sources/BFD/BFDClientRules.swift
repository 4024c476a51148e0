package import Timing

/// What a routing protocol makes of a session's changes (RFC 5882): when its own session has to end.
///
/// Only a session that was Up can fail. A peer that goes to AdminDown has said that the path is not the matter. A
/// router that makes its BFD session anew just after BGP came up says Down once while nothing is wrong with the path
/// (FRRouting issue 17337): one such Down soon after the first Up is forgiven if the session comes back.
package struct BFDClientRules: Sendable, Hashable {
    /// So soon after the first Up, a Down may be a session made anew.
    static let infancy: Duration = .seconds(3)
    /// So long a forgiven session has to be Up again: slow packets and their jitter, twice.
    static let forgiveness: Duration = .seconds(3)

    private var firstUp: Instant?
    private var mayForgive = true
    /// When a forgiven Down becomes a failure; `check` is to be called then.
    package private(set) var nextDeadline: Instant?

    /// The rules for a session that was never Up.
    package init() {}

    /// Notes a change of the session's state.
    /// - Returns: true if the path has failed.
    package mutating func note(_ change: BFDStateChange, at now: Instant) -> Bool {
        if change.to == .up {
            firstUp = firstUp ?? now
            nextDeadline = nil
        }
        guard change.from == .up else {
            if change.to == .adminDown { nextDeadline = nil }
            return false
        }
        if change.to == .adminDown || change.remoteState == .adminDown { return false }
        let isSignaled = change.diagnostic == .neighborSignaledDown
        guard isSignaled, mayForgive, let firstUp, now - firstUp <= Self.infancy else { return true }
        mayForgive = false
        nextDeadline = now + Self.forgiveness
        return false
    }

    /// Looks whether a forgiven session came back in time.
    /// - Returns: true if the path has failed.
    package mutating func check(at now: Instant) -> Bool {
        guard let due = nextDeadline, due <= now else { return false }
        nextDeadline = nil
        return true
    }
}
