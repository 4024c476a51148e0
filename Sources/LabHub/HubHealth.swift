/// Whether YurtHub takes the cloud for there: one failed probe says no, two good ones in a row say yes again.
package struct HubHealth: Sendable {
    private static let probesToRecover = 2

    package private(set) var isHealthy: Bool
    private var good = 0

    package init(isHealthy: Bool) { self.isHealthy = isHealthy }

    /// - Returns: whether that changed anything.
    package mutating func probed(succeeded: Bool) -> Bool {
        let before = isHealthy
        good = succeeded ? good + 1 : 0
        if !succeeded { isHealthy = false } else if good >= Self.probesToRecover { isHealthy = true }
        return before != isHealthy
    }
}
