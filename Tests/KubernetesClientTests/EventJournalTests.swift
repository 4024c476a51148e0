import KubernetesObjects
import Testing

@testable import KubernetesClient

@Suite("the journal of events")
struct EventJournalTests {
    private let start = ContinuousClock.now

    private func report(_ name: String = "web", _ message: String = "m") -> EventReport {
        EventReport(
            level: .normal, reason: "IPAllocated", message: message,
            regarding: ObjectReference(apiVersion: "v1", kind: "Service", namespace: "default", name: name, uid: "u"))
    }

    @Test("counts the same report up within ten minutes of the last, and begins anew after")
    func aggregation() {
        var journal = EventJournal()
        #expect(journal.decide(report(), at: start) == .create)
        journal.created(report(), name: "web.1", at: start)
        #expect(journal.decide(report(), at: start + .seconds(599)) == .countUp(name: "web.1", count: 2))
        #expect(journal.decide(report(), at: start + .seconds(1198)) == .countUp(name: "web.1", count: 3))
        #expect(journal.decide(report("web", "other"), at: start + .seconds(1198)) == .create)
        #expect(journal.decide(report(), at: start + .seconds(1799)) == .create)
    }

    @Test("begins anew when the event is gone from the server, and when it was never written")
    func vanished() {
        var journal = EventJournal()
        journal.created(report(), name: "web.1", at: start)
        journal.vanished(report())
        #expect(journal.decide(report(), at: start) == .create)
        #expect(journal.decide(report(), at: start) == .create)
    }

    @Test("lets 25 events of one object through, then one every five minutes")
    func rateLimit() {
        var journal = EventJournal()
        let allowed = (0..<100).filter { journal.decide(report("web", "\($0)"), at: start) != .drop }
        #expect(allowed.count == 25)
        #expect(journal.decide(report("other"), at: start) == .create)
        #expect(journal.decide(report(), at: start + .seconds(299)) == .drop)
        #expect(journal.decide(report(), at: start + .seconds(301)) == .create)
        #expect(journal.decide(report(), at: start + .seconds(302)) == .drop)
    }

    @Test("remembers a bounded number of objects, the newest")
    func bounded() {
        var journal = EventJournal(capacity: 10)
        for index in 0..<1000 {
            let now = start + .milliseconds(index)
            #expect(journal.decide(report("web\(index)"), at: now) == .create)
            journal.created(report("web\(index)"), name: "e\(index)", at: now)
        }
        #expect(journal.decide(report("web999"), at: start + .seconds(1)) == .countUp(name: "e999", count: 2))
        #expect(journal.decide(report("web0"), at: start + .seconds(1)) == .create)
    }
}
