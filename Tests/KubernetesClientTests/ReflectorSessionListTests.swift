import Testing

@testable import KubernetesClient

@Suite("a reflector's session: lists")
struct ReflectorSessionListTests {
    @Test("pages follow one another, then everything is delivered and watched from the list's version")
    func pages() {
        var bench = ReflectorBench()
        #expect(bench.after(.started) == ["list limit=500"])
        #expect(
            bench.after(.pageArrived(resourceVersion: "10", continueToken: "a", objects: 1)) == [
                "list limit=500 continue=a"
            ])
        #expect(
            bench.after(.pageArrived(resourceVersion: "10", continueToken: "b", objects: 1)) == [
                "list limit=500 continue=b"
            ])
        #expect(
            bench.after(.pageArrived(resourceVersion: "10", continueToken: nil, objects: 1)) == [
                "deliver 10", "connected", "watch 10",
            ])
        #expect(bench.after(.watchOpened) == [])
    }

    @Test("a whole list is asked for as kube-proxy does, and never older than what is known")
    func whole() {
        var bench = ReflectorBench(ReflectorPolicy(paging: .whole))
        #expect(bench.after(.started) == ["list rv=0"])
        #expect(
            bench.after(.pageArrived(resourceVersion: "10", continueToken: nil, objects: 1)) == [
                "deliver 10", "connected", "watch 10",
            ])
        #expect(bench.after(.watchOpened) == [])
        #expect(bench.after(.versionSeen("12")) == [])
        #expect(bench.after(.watchFailed(failure(.badAnswer))) == ["offline badAnswer"])
        #expect(bench.wake() == ["list rv=12"])
        var tooLarge = failure(.timeout)
        tooLarge.isVersionTooLarge = true
        #expect(bench.after(.listFailed(tooLarge)) == ["drop", "offline timeout"])
        #expect(bench.wake() == ["list"])
    }

    @Test("a token that expired begins the list again, the second time without pages")
    func expiredToken() {
        var bench = ReflectorBench()
        _ = bench.after(.started)
        _ = bench.after(.pageArrived(resourceVersion: "10", continueToken: "a", objects: 1))
        #expect(bench.after(.listFailed(failure(.gone))) == ["drop", "list limit=500"])
        _ = bench.after(.pageArrived(resourceVersion: "20", continueToken: "b", objects: 1))
        #expect(bench.after(.listFailed(failure(.gone))) == ["drop", "offline gone"])
        #expect(bench.wake() == ["list"])
        #expect(
            bench.after(.pageArrived(resourceVersion: "30", continueToken: nil, objects: 1)) == [
                "deliver 30", "connected", "watch 30",
            ])
    }

    @Test("a token that the server does not understand begins the list again")
    func badToken() {
        var bench = ReflectorBench()
        _ = bench.after(.started)
        _ = bench.after(.pageArrived(resourceVersion: "10", continueToken: "a", objects: 1))
        #expect(bench.after(.listFailed(failure(.rejected(status: 400)))) == ["drop", "list limit=500"])
    }

    @Test("a page that fails is asked for again, and after five times the list begins again")
    func failingPage() {
        var bench = ReflectorBench()
        _ = bench.after(.started)
        _ = bench.after(.pageArrived(resourceVersion: "10", continueToken: "a", objects: 1))
        #expect(bench.after(.listFailed(failure(.unreachable))) == ["offline unreachable"])
        for _ in 2...4 {
            #expect(bench.wake() == ["list limit=500 continue=a"])
            #expect(bench.after(.listFailed(failure(.unreachable))) == [])
        }
        #expect(bench.wake() == ["list limit=500 continue=a"])
        #expect(bench.after(.listFailed(failure(.unreachable))) == ["drop"])
        #expect(bench.wake() == ["list limit=500"])
    }

    @Test(
        "what is no complete list is never taken for one",
        arguments: [
            KubernetesError.Code.notFound, .unauthorized, .forbidden, .tooManyRequests, .serverError(status: 502),
            .serverError(status: 503), .badAnswer, .timeout, .unreachable, .rejected(status: 400), .gone,
        ])
    func neverADeletion(code: KubernetesError.Code) {
        var bench = ReflectorBench()
        bench.listAndWatch()
        _ = bench.after(.seconds(60), .watchFailed(failure(.gone)))
        for _ in 0..<20 {
            let effects = bench.after(.listFailed(failure(code)))
            #expect(!effects.contains { $0.hasPrefix("deliver") })
            if bench.wait != nil { _ = bench.wake() }
        }
        #expect(bench.after(.pageArrived(resourceVersion: "77", continueToken: nil, objects: 1)).contains("deliver 77"))
    }

    @Test("a list without a version is none", arguments: ["", "0"])
    func noVersion(version: String) {
        var bench = ReflectorBench()
        _ = bench.after(.started)
        #expect(
            bench.after(.pageArrived(resourceVersion: version, continueToken: nil, objects: 1)) == [
                "drop", "offline badAnswer",
            ])
        #expect(bench.wake() == ["list limit=500"])
    }

    @Test("a kind that hardly any server has is asked for ever less often, whatever other failures say")
    func rareKind() {
        var policy = ReflectorPolicy()
        policy.expectAbsence()
        var bench = ReflectorBench(policy)
        _ = bench.after(.started)
        var waits: [Int?] = []
        for _ in 0..<11 {
            _ = bench.after(.listFailed(failure(.notFound)))
            waits.append(bench.wait)
            _ = bench.wake()
        }
        #expect(waits[0] == 800 && waits[8] == 204_800 && waits[10] == 300_000)
        _ = bench.after(.listFailed(failure(.unreachable)))
        #expect(bench.wait == 800)
    }

    @Test("a kind whose definition is established is listed at once, and at no other time")
    func establishedKind() {
        var bench = ReflectorBench()
        _ = bench.after(.started)
        #expect(bench.after(.definitionEstablished) == [])
        for _ in 0..<5 {
            _ = bench.after(.listFailed(failure(.notFound)))
            _ = bench.wake()
        }
        _ = bench.after(.listFailed(failure(.notFound)))
        #expect(bench.session.isAbsent)
        #expect(bench.after(.definitionEstablished) == ["list limit=500"])
        #expect(!bench.session.isAbsent)
        // another server may not have learnt of it yet
        _ = bench.after(.listFailed(failure(.notFound)))
        #expect(bench.wait == 800)
        _ = bench.wake()
        _ = bench.after(.listFailed(failure(.unreachable)))
        #expect(bench.after(.definitionEstablished) == [])
    }

    @Test("a kind that is not served is told once and asked for again")
    func absence() {
        var bench = ReflectorBench()
        _ = bench.after(.started)
        #expect(bench.after(.listFailed(failure(.notFound))) == ["drop", "absent"])
        #expect(bench.wait == 800)
        #expect(bench.wake() == ["list limit=500"])
        #expect(bench.after(.listFailed(failure(.notFound))) == ["drop"])
        #expect(bench.wait == 1600)
        #expect(bench.wake() == ["list limit=500"])
        #expect(
            bench.after(.pageArrived(resourceVersion: "1", continueToken: nil, objects: 1)) == [
                "deliver 1", "connected", "watch 1",
            ])
    }

    @Test("failures double the ceiling up to the cap; what the server asks for comes on top")
    func backoff() {
        var bench = ReflectorBench()
        _ = bench.after(.started)
        var waits: [Int] = []
        for _ in 0..<8 {
            _ = bench.after(.listFailed(failure(.unreachable)))
            waits.append(bench.wait ?? -1)
            _ = bench.wake()
        }
        #expect(waits == [800, 1600, 3200, 6400, 12800, 25600, 30000, 30000])
        _ = bench.after(.listFailed(failure(.tooManyRequests, retryAfter: .seconds(7))))
        #expect(bench.wait == 37_000)
    }

    @Test("events that were not asked for change nothing")
    func strayEvents() {
        var bench = ReflectorBench()
        #expect(bench.after(.watchClosed) == [])
        #expect(bench.after(.started) == ["list limit=500"])
        #expect(bench.after(.started) == [])
        #expect(bench.after(.watchOpened) == [])
        #expect(bench.after(.deadlineReached) == [])
        #expect(bench.after(.listFailed(failure(.timeout))) == ["offline timeout"])
        #expect(bench.after(.deadlineReached) == [])
        #expect(bench.wake() == ["list limit=500"])
    }
}

@Suite("a reflector's session: empty lists")
struct ReflectorSessionEmptyListTests {
    private static let policy = {
        var policy = ReflectorPolicy(paging: .whole)
        policy.emptyDoubt = .seconds(30)
        return policy
    }()

    private func empty(_ version: String) -> ReflectorSessionEvent {
        .pageArrived(resourceVersion: version, continueToken: nil, objects: 0)
    }

    @Test("the first list may be empty")
    func first() {
        var bench = ReflectorBench(Self.policy)
        _ = bench.after(.started)
        #expect(bench.after(empty("10")) == ["deliver 10", "connected", "watch 10"])
    }

    @Test("an empty list where objects were known is made again, past every cache, and replaces nothing")
    func doubted() {
        var bench = ReflectorBench(Self.policy)
        bench.listAndWatch()
        _ = bench.after(.watchFailed(failure(.gone)))
        _ = bench.wake()
        #expect(bench.after(empty("20")) == ["drop", "offline badAnswer"])
        #expect(bench.wake() == ["list"])
        #expect(
            bench.after(.pageArrived(resourceVersion: "21", continueToken: nil, objects: 3)) == [
                "deliver 21", "connected", "watch 21",
            ])
    }

    @Test("lists that stay empty are believed after a while")
    func believed() {
        var bench = ReflectorBench(Self.policy)
        bench.listAndWatch()
        _ = bench.after(.watchFailed(failure(.gone)))
        _ = bench.wake()
        _ = bench.after(empty("20"))
        let start = bench.now
        var said: [String] = []
        while !said.contains("deliver 20"), bench.now - start < .seconds(120) {
            _ = bench.wake()
            said = bench.after(empty("20"))
        }
        #expect(said == ["deliver 20", "connected", "watch 20"])
        #expect(bench.now - start >= .seconds(30))
    }

    @Test("objects that a watch brought count as known, and so do those of an earlier process")
    func known() {
        var bench = ReflectorBench(Self.policy)
        _ = bench.after(.started)
        _ = bench.after(empty("10"))
        _ = bench.after(.watchOpened)
        _ = bench.after(.objectSeen(version: "11"))
        _ = bench.after(.watchFailed(failure(.gone)))
        _ = bench.wake()
        #expect(bench.after(empty("12")) == ["drop", "offline badAnswer"])

        var policy = Self.policy
        policy.knowsObjects = true
        var restarted = ReflectorBench(policy)
        _ = restarted.after(.started)
        #expect(restarted.after(empty("12")) == ["drop", "offline badAnswer"])
    }
}
