import Announcement
import Reasons
import Testing
import Timing

@Suite("Whether a node carries traffic")
struct DataPlaneTests {
    let start = Instant(nanoseconds: 5_000_000_000)
    static let refused = DataPlane.Health.bad("does not answer: connection refused")

    func plane(
        _ rule: DataPlane.HealthRule, isKnown: Bool = false, isCarrying: Bool = false, hold: Duration = .zero
    ) -> DataPlane {
        var plane = DataPlane(url: "http://127.0.0.1:10256/healthz", rule: rule)
        plane.begin(isKnown: isKnown, isCarrying: isCarrying, hold: hold, at: start)
        return plane
    }

    func isOpen(_ plane: DataPlane, after time: Duration = .zero) -> Bool {
        var plane = plane
        return plane.gate(at: start + time) == .open
    }

    @Test("a cluster without kube-proxy announces: nothing ever answered there")
    func unknown() {
        var plane = plane(.whereKnown)
        for _ in 0..<10 { plane.note(Self.refused) }
        #expect(isOpen(plane))
        #expect(!plane.isKnown)
        #expect(plane.pause == DataPlane.interval)
    }

    @Test("where it was good once, three bad answers in a row shut the gate and one good one opens it")
    func fails() {
        var plane = plane(.whereKnown)
        plane.note(.good)
        #expect(plane.isKnown)
        for count in 1...3 {
            #expect(isOpen(plane), "\(count)")
            plane.note(Self.refused)
            #expect(plane.pause == DataPlane.urgentInterval)
        }
        #expect(
            plane.gate(at: start)
                == .shut(
                    .dataPlaneNotReady,
                    "kube-proxy at http://127.0.0.1:10256/healthz does not answer: connection refused; "
                        + "--data-plane-health=off leaves it out of account"))
        plane.note(.good)
        #expect(isOpen(plane))
        plane.note(.bad("answers 503"))
        plane.note(.good)
        plane.note(.bad("answers 503"))
        #expect(isOpen(plane))
    }

    @Test("a node that boots waits for the kube-proxy that it is known to have")
    func boots() {
        var plane = plane(.whereKnown, isKnown: true)
        #expect(!isOpen(plane))
        plane.note(Self.refused)
        #expect(!isOpen(plane))
        plane.note(.good)
        #expect(isOpen(plane))
    }

    @Test("a speaker that is started again goes on: only bad answers shut its gate")
    func restarts() {
        var plane = plane(.whereKnown, isKnown: true, isCarrying: true, hold: .seconds(60))
        #expect(isOpen(plane))
        for _ in 0..<3 { plane.note(Self.refused) }
        #expect(!isOpen(plane))
    }

    @Test("where it is required nothing is announced before it is good; where it is ignored it is not asked")
    func rules() {
        var required = plane(.required)
        #expect(!isOpen(required))
        required.note(.good)
        #expect(isOpen(required))
        let ignored = plane(.ignored, isKnown: true)
        #expect(ignored.pause == nil)
        #expect(isOpen(ignored))
    }

    @Test("the time after a boot ends by itself")
    func hold() {
        let plane = plane(.ignored, hold: .seconds(20))
        #expect(plane.nextDeadline == start + .seconds(20))
        #expect(!isOpen(plane, after: .milliseconds(19_999)))
        #expect(isOpen(plane, after: .seconds(20)))
    }
}
