import SinkReplies
import Testing
import Timing

@Suite("The limit on answers")
struct TokenBucketTests {
    private static let start = Instant(nanoseconds: 5)

    @Test(
        "over any time, no more than the burst and the rate's share are let through, and no less",
        arguments: [(1000, 250), (1, 1), (100, 1), (7, 3), (1_000_000, 10)])
    func rate(perSecond: Int, burst: Int) {
        var bucket = TokenBucket(perSecond: perSecond, burst: burst)
        var taken = 0
        // Demand without end for three seconds, asked again whenever the bucket says so.
        var now = Self.start
        while now < Self.start + .seconds(3) {
            while bucket.take(at: now) { taken += 1 }
            guard let deadline = bucket.nextDeadline else { break }
            #expect(deadline > now)
            now = deadline
        }
        #expect(taken <= burst + 3 * perSecond)
        #expect(taken >= burst + 3 * perSecond - max(perSecond / 100, 1))
    }

    @Test("after a pause there is a whole burst again, and never more")
    func burst() {
        var bucket = TokenBucket(perSecond: 100, burst: 30)
        for moment in [Self.start, Self.start + .milliseconds(300), Self.start + .seconds(86_400)] {
            var taken = 0
            while bucket.take(at: moment) { taken += 1 }
            #expect(taken == 30)
        }
    }

    @Test("once empty it stays so until its deadline, and has ten milliseconds' worth then")
    func deadline() throws {
        var bucket = TokenBucket(perSecond: 1000, burst: 250)
        while bucket.take(at: Self.start) {}
        let deadline = try #require(bucket.nextDeadline)
        #expect(deadline == Self.start + .milliseconds(10))
        let isEarly = bucket.take(at: deadline - .nanoseconds(1))
        #expect(!isEarly)
        var taken = 0
        while bucket.take(at: deadline) { taken += 1 }
        #expect(taken == 10)
    }

    @Test("numbers that make no sense count as the nearest that do", arguments: [0, -1, .min, .max])
    func clamped(number: Int) {
        var bucket = TokenBucket(perSecond: number, burst: min(number, 1))
        let answers = [bucket.take(at: Self.start), bucket.take(at: Self.start)]
        #expect(answers == [true, false])
        #expect(bucket.nextDeadline != nil)
    }

    @Test("a clock that steps back gives nothing away")
    func steppedBack() {
        var bucket = TokenBucket(perSecond: 10, burst: 5)
        while bucket.take(at: Self.start) {}
        let isTaken = bucket.take(at: Self.start - .seconds(10))
        #expect(!isTaken)
    }
}
