import Telemetry
import Testing

@testable import AccessReview

@Suite("Decisions that were made a short time ago")
struct DecisionCacheTests {
    private let start = ContinuousClock.now

    private func question(_ token: String) -> DecisionCache.Question {
        DecisionCache.Question(token: token, verb: "get", path: "/metrics")
    }

    @Test("each decision counts for its time, and that nobody could be asked is none")
    func times() {
        var cache = DecisionCache()
        cache.keep(.allowed, on: question("good"), at: start)
        cache.keep(.forbidden(user: "weak"), on: question("weak"), at: start)
        cache.keep(.unavailable("away"), on: question("later"), at: start)
        func known(_ token: String, after time: Duration) -> AccessDecision? {
            cache.decision(on: question(token), at: start + time)
        }
        #expect(known("good", after: .seconds(59)) == .allowed)
        #expect(known("good", after: .seconds(60)) == nil)
        #expect(known("weak", after: .seconds(9)) == .forbidden(user: "weak"))
        #expect(known("weak", after: .seconds(10)) == nil)
        #expect(known("later", after: .zero) == nil)
        #expect(known("other", after: .zero) == nil)
    }

    @Test("another verb or path is another question")
    func questions() {
        var cache = DecisionCache()
        cache.keep(.allowed, on: question("good"), at: start)
        let other = DecisionCache.Question(token: "good", verb: "get", path: "/state")
        #expect(cache.decision(on: other, at: start) == nil)
    }

    @Test("a flood of wrong tokens leaves a scraper's decision in place, and the memory bounded")
    func flood() {
        var cache = DecisionCache()
        cache.keep(.allowed, on: question("good"), at: start)
        // Refusals of now end after the scraper's right, which is nearly a minute old.
        let later = start + .seconds(55)
        for number in 0..<10_000 { cache.keep(.unauthenticated, on: question("\(number)"), at: later) }
        #expect(cache.decision(on: question("good"), at: later) == .allowed)
        let kept = (0..<10_000).filter { cache.decision(on: question("\($0)"), at: later) != nil }
        #expect(kept.count == DecisionCache.limit - 1)
    }
}
