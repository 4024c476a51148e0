import KubernetesClient
import KubernetesObjects
import LabAPI
import Testing

/// MetalLB 3.6: what is tried again, and when.
@Suite("Scenarios: trying again")
struct RetryScenarios {
    @Test(
        "a write that fails is tried again by itself, later each time, and is told once it counts",
        arguments: [
            .refused(.serverError(status: 500)), .refused(.unreachable), .refused(.tooManyRequests),
        ] as [LabServer.Fault])
    func failedWrite(fault: LabServer.Fault) {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.faults["web"] = Array(repeating: fault, count: 8)
        let begin = lab.now
        lab.put("web")
        while lab.work() {}
        #expect(lab.writes["web"] == 1, "the next attempt waits")
        #expect(lab.events("web").isEmpty)
        lab.settle()
        #expect(lab.addresses("web") == "192.0.2.1")
        #expect(lab.events("web") == ["Normal IPAllocated"])
        #expect(lab.writes["web"] == 9)
        #expect(lab.now - begin > .milliseconds(100))
    }

    @Test("a write whose answer is lost is made again, and changes and tells nothing twice")
    func answerLost() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.faults["web"] = [.answerLost]
        lab.apply("web")
        #expect(lab.addresses("web") == "192.0.2.1")
        #expect(lab.events("web") == ["Normal IPAllocated"])
        #expect(lab.numbers("default") == [1, 8, 0, 0])
    }

    @Test("a write that conflicts is decided anew at once, on what the Service is by then")
    func conflict() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.faults["web"] = [.overtaken]
        lab.put("web")
        while lab.work() {}
        #expect(lab.addresses("web") == "192.0.2.1")
        #expect(lab.writes["web"] == 2)
    }

    @Test("a refusal is no failure: nothing is asked of the server until something changes")
    func refusalWaits() {
        var lab = Scenario(pool: "192.0.2.1/32")
        lab.apply("first")
        lab.apply("second")
        lab.apply("far", ["metallb.io/loadBalancerIPs": "203.0.113.1"])
        let requests = lab.server.requests
        for _ in 0..<10 { lab.wait(.seconds(3600)) }
        #expect(lab.server.requests == requests)
        #expect(lab.events("second") == ["Warning AllocationFailed"])
        lab.pool("default", "192.0.2.1-192.0.2.2")
        #expect(lab.addresses("second") == "192.0.2.2")
        #expect(lab.refusal("far") == "addressNotInPool")
    }

    @Test("a resync writes nothing and tells nothing (MetalLB: events on every resync)")
    func resync() {
        var lab = Scenario(pool: "192.0.2.1/32")
        lab.apply("first")
        lab.apply("second")
        let requests = lab.server.requests
        let events = lab.events("first") + lab.events("second")
        for turn in 0..<3 {
            for name in ["first", "second"] { lab.apply(name, labels: ["turn": "\(turn)"]) }
            lab.relist()
        }
        #expect(lab.server.requests == requests)
        #expect(lab.events("first") + lab.events("second") == events)
    }

    @Test("with each address that is freed who waits longest is served, the others keep waiting")
    func longestWaiting() {
        var lab = Scenario(pool: "192.0.2.1/32")
        for name in ["holder", "z-first", "a-second"] { lab.apply(name) }
        lab.delete("holder")
        #expect(lab.addresses("z-first") == "192.0.2.1")
        #expect(lab.refusal("a-second") == "poolExhausted")
        #expect(lab.events("a-second") == ["Warning AllocationFailed"])
    }
}
