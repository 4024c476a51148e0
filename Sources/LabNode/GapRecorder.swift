/// Finds the longest time without an answer in a series of attempts: what a user of the address would have noticed.
package struct GapRecorder: Sendable {
    private var lastSuccess: Duration?
    /// The longest time between two answers that followed one another.
    package private(set) var longestGap: Duration = .zero
    /// The number of attempts that were answered.
    package private(set) var answered = 0
    /// The number of attempts that were not.
    package private(set) var failed = 0

    package init() {}

    /// An attempt was answered at this moment, counted from the start of the series.
    package mutating func success(at now: Duration) {
        answered += 1
        if let lastSuccess, now > lastSuccess { longestGap = max(longestGap, now - lastSuccess) }
        lastSuccess = max(lastSuccess ?? now, now)
    }

    /// An attempt ended without an answer.
    package mutating func failure() { failed += 1 }

    /// The series ended at this moment: a silence that still lasts counts as well.
    package mutating func end(at now: Duration) {
        if let lastSuccess {
            longestGap = max(longestGap, now - lastSuccess)
        } else {
            longestGap = max(longestGap, now)
        }
    }
}
