import Controller
import Testing

@Suite("Leader election")
struct LeaderElectionTests {
    /// Several candidates, one lease, one clock.
    struct Arena {
        var now = ContinuousClock.now
        var lease: Lease.Spec?

        func candidate(_ name: String) -> LeaderElection { LeaderElection(.init(identity: name)) }

        /// One look of one candidate, with its write.
        mutating func look(_ candidate: inout LeaderElection, writes: Bool = true) {
            switch candidate.observed(lease, at: now, timestamp: "\(now)") {
            case .wait: break
            case .create(let spec), .update(let spec):
                guard writes else { return }
                lease = spec
                candidate.wrote(spec, begunAt: now)
            }
        }
    }

    @Test("the first to come leads, the second stands by for as long as the first renews")
    func firstLeads() {
        var arena = Arena()
        var first = arena.candidate("a")
        var second = arena.candidate("b")
        for _ in 0..<20 {
            arena.look(&first)
            arena.look(&second)
            #expect(first.isLeading)
            #expect(!second.isLeading)
            #expect(second.holder == "a")
            arena.now += .seconds(2)
        }
        #expect(arena.lease?.leaseTransitions == 0)
    }

    @Test("a leader that falls silent is followed after the lease's duration by the observer's clock, not before")
    func silence() {
        var arena = Arena()
        var first = arena.candidate("a")
        var second = arena.candidate("b")
        arena.look(&first)
        arena.now += .seconds(100)
        arena.look(&second)
        #expect(!second.isLeading)
        arena.now += .milliseconds(14_999)
        arena.look(&second)
        #expect(!second.isLeading)
        arena.now += .milliseconds(1)
        arena.look(&second)
        #expect(second.isLeading)
        #expect(arena.lease?.leaseTransitions == 1)
        arena.look(&first)
        #expect(!first.isLeading)
    }

    @Test("a leader that cannot renew stops before anybody may take over")
    func stopsInTime() {
        var arena = Arena()
        var first = arena.candidate("a")
        var second = arena.candidate("b")
        arena.look(&first)
        arena.look(&second)
        var stopped: ContinuousClock.Instant?
        while !second.isLeading {
            arena.now += .milliseconds(500)
            arena.look(&first, writes: false)
            #expect(first.isLeading(at: arena.now) == (stopped == nil && !first.hasLost(at: arena.now)))
            if !first.isLeading, stopped == nil { stopped = arena.now }
            arena.look(&second)
        }
        #expect(stopped.map { arena.now - $0 >= .seconds(4) } == true)
        #expect(!first.isLeading)
    }

    @Test("a released lease is taken at the next look")
    func release() {
        var arena = Arena()
        var first = arena.candidate("a")
        var second = arena.candidate("b")
        arena.look(&first)
        arena.look(&second)
        #expect(second.release(timestamp: "t") == nil)
        arena.lease = first.release(timestamp: "t")
        #expect(arena.lease?.holderIdentity == "")
        arena.look(&second)
        #expect(second.isLeading)
    }

    @Test("a lease of one's own from before is taken up again at once")
    func ownLease() {
        var arena = Arena()
        var first = arena.candidate("a")
        arena.look(&first)
        var again = arena.candidate("a")
        arena.look(&again)
        #expect(again.isLeading)
        #expect(arena.lease?.leaseTransitions == 0)
    }
}
