/// What became of a stream of numbered packets: how many were lost, and the longest time in which all were.
package struct StreamRecord: Sendable {
    /// When each packet was sent, by its number.
    private var sentAt: [Duration] = []
    private var isAnswered: [Bool] = []

    package init() {}

    /// The number of packets sent.
    package var sent: Int { sentAt.count }
    /// The number of packets without an answer.
    package var lost: Int { isAnswered.count { !$0 } }

    /// The next packet leaves at this moment.
    /// - Returns: its number.
    package mutating func send(at now: Duration) -> UInt32 {
        sentAt.append(now)
        isAnswered.append(false)
        return UInt32(truncatingIfNeeded: sentAt.count - 1)
    }

    /// A packet was answered; twice counts once, and a number that was never sent not at all.
    package mutating func answer(_ number: UInt32) {
        if Int(number) < isAnswered.count { isAnswered[Int(number)] = true }
    }

    /// The longest time between two answered packets with nothing but lost ones between them, by when they were sent: a
    /// sender that was late itself makes no outage. Losses at either end count up to the end.
    package var longestOutage: Duration {
        guard let first = sentAt.first, let last = sentAt.last else { return .zero }
        var longest = Duration.zero
        var since = first
        var isLosing = false
        for (at, answered) in zip(sentAt, isAnswered) {
            guard answered else {
                isLosing = true
                continue
            }
            if isLosing { longest = max(longest, at - since) }
            since = at
            isLosing = false
        }
        return isLosing ? max(longest, last - since) : longest
    }
}
