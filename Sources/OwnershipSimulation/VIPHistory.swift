/// What was seen of one VIP in a history.
package struct VIPHistory: Sendable {
    /// What is true at a moment.
    struct Picture: Sendable {
        /// Kernels that answer and that the client reaches.
        var answering = 0
        /// True if one answers, or a node is there that could.
        var canAnswer = false
        /// True if the client's frames go to a node that does not answer, although one could.
        var isMisled = false
    }

    /// How long no reachable kernel answered although a node could have: in all, and at most at a stretch.
    package var outage: Duration = .zero
    package var longestOutage: Duration = .zero
    /// How long two kernels answered.
    package var overlap: Duration = .zero
    package var longestOverlap: Duration = .zero
    /// How long the client's frames went to a node that did not answer for the VIP, although a node could have.
    package var blackhole: Duration = .zero
    /// The longest overlap that ended after the last fault.
    package var longestLateOverlap: Duration = .zero
    /// The highest epoch claimed.
    package var epoch: UInt32 = 0
    var picture = Picture()
    private var outageRun: Int64 = 0
    private var overlapRun: Int64 = 0
    private var lateOverlapRun: Int64 = 0

    mutating func resetSums() {
        let (picture, epoch) = (picture, epoch)
        self = VIPHistory()
        self.picture = picture
        self.epoch = epoch
    }

    /// Adds a time in which the picture did not change.
    mutating func add(_ span: Int64, isLate: Bool) {
        let isOut = picture.answering == 0 && picture.canAnswer
        let isDouble = picture.answering > 1
        outageRun = isOut ? outageRun + span : 0
        overlapRun = isDouble ? overlapRun + span : 0
        lateOverlapRun = isDouble && isLate ? lateOverlapRun + span : 0
        if isOut { outage += .nanoseconds(span) }
        if isDouble { overlap += .nanoseconds(span) }
        if picture.isMisled { blackhole += .nanoseconds(span) }
        longestOutage = max(longestOutage, .nanoseconds(outageRun))
        longestOverlap = max(longestOverlap, .nanoseconds(overlapRun))
        longestLateOverlap = max(longestLateOverlap, .nanoseconds(lateOverlapRun))
    }
}
