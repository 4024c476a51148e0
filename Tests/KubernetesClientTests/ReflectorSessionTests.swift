import Testing

@testable import KubernetesClient

/// A session, its clock and what it last said, so that a test reads one event a line.
private struct Bench {
    var session: ReflectorSession
    var now = ContinuousClock.now
    var random = HighestRandom()

    init(_ policy: ReflectorPolicy = ReflectorPolicy()) { session = ReflectorSession(policy: policy) }

    mutating func after(_ event: ReflectorSessionEvent) -> [String] { after(.zero, event) }

    mutating func after(_ time: Duration, _ event: ReflectorSessionEvent) -> [String] {
        now += time
        return session.handle(event, at: now, using: &random).map(describe)
    }

    /// The wait until the next try, milliseconds.
    var wait: Int? {
        session.nextDeadline.map { deadline in
            let (seconds, attoseconds) = (deadline - now).components
            return Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        }
    }

    /// Lets the wait pass.
    mutating func wake() -> [String] { after(session.nextDeadline.map { $0 - now } ?? .zero, .deadlineReached) }

    /// Listed at version 10 and watching since.
    mutating func listAndWatch() {
        _ = after(.started)
        _ = after(.pageArrived(resourceVersion: "10", continueToken: nil, objects: 1))
        _ = after(.watchOpened)
    }

    private func describe(_ effect: ReflectorSessionEffect) -> String {
        switch effect {
        case .list(let request):
            let parts = [
                "list", request.limit.map { "limit=\($0)" }, request.continueToken.map { "continue=\($0)" },
                request.resourceVersion.map { "rv=\($0)" },
            ]
            return parts.compactMap(\.self).joined(separator: " ")
        case .watch(let request): return "watch \(request.resourceVersion)"
        case .dropPages: return "drop"
        case .deliverPages(let version): return "deliver \(version)"
        case .report(.connected): return "connected"
        case .report(.offline(let error)): return "offline \(error.code)"
        case .report(.absent): return "absent"
        }
    }
}

private func failure(_ code: KubernetesError.Code, retryAfter: Duration? = nil) -> KubernetesError {
    KubernetesError(code, "", retryAfter: retryAfter)
}

@Suite("a reflector's session: lists")
struct ReflectorSessionListTests {
    @Test("pages follow one another, then everything is delivered and watched from the list's version")
    func pages() {
        var bench = Bench()
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
        var bench = Bench(ReflectorPolicy(paging: .whole))
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
        var bench = Bench()
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
        var bench = Bench()
        _ = bench.after(.started)
        _ = bench.after(.pageArrived(resourceVersion: "10", continueToken: "a", objects: 1))
        #expect(bench.after(.listFailed(failure(.rejected(status: 400)))) == ["drop", "list limit=500"])
    }

    @Test("a page that fails is asked for again, and after five times the list begins again")
    func failingPage() {
        var bench = Bench()
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
        var bench = Bench()
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
        var bench = Bench()
        _ = bench.after(.started)
        #expect(
            bench.after(.pageArrived(resourceVersion: version, continueToken: nil, objects: 1)) == [
                "drop", "offline badAnswer",
            ])
        #expect(bench.wake() == ["list limit=500"])
    }

    @Test("a kind that is not served is told once and asked for again")
    func absence() {
        var bench = Bench()
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
        var bench = Bench()
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
        var bench = Bench()
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

@Suite("a reflector's session: watches")
struct ReflectorSessionWatchTests {
    @Test("a watch that the server ends goes on from the last version, bookmarks included")
    func orderlyEnd() {
        var bench = Bench()
        bench.listAndWatch()
        _ = bench.after(.seconds(1), .versionSeen("15"))
        #expect(bench.after(.seconds(400), .watchClosed) == ["watch 15"])
        #expect(bench.after(.watchOpened) == [])
    }

    @Test("a watch that ends at once is opened again after a pause, without a word")
    func shortWatches() {
        var bench = Bench()
        bench.listAndWatch()
        #expect(bench.after(.watchClosed) == [])
        #expect(bench.wait == 800)
        #expect(bench.wake() == ["watch 10"])
        _ = bench.after(.watchOpened)
        #expect(bench.after(.watchClosed) == [])
        #expect(bench.wait == 1600)
    }

    @Test("the server is asked to end a watch after five to ten minutes, at random")
    func randomTimeout() {
        var random = SeededRandom()
        var seen: Set<Int64> = []
        for _ in 0..<50 {
            var session = ReflectorSession(policy: ReflectorPolicy())
            _ = session.handle(.started, at: .now, using: &random)
            let effects = session.handle(
                .pageArrived(resourceVersion: "1", continueToken: nil, objects: 1), at: .now, using: &random)
            for case .watch(let request) in effects { seen.insert(request.timeout.components.seconds) }
        }
        #expect(seen.count > 25)
        #expect(seen.allSatisfy { (300...600).contains($0) })
    }

    @Test("silence opens the watch again from the same version; only after four in a row a list is made")
    func silence() {
        var bench = Bench()
        bench.listAndWatch()
        for _ in 1...3 {
            #expect(bench.after(.seconds(90), .watchFailed(failure(.timeout))) == ["watch 10"])
            #expect(bench.after(.watchOpened) == [])
        }
        #expect(bench.after(.seconds(90), .watchFailed(failure(.timeout))) == ["list limit=500"])
        #expect(
            bench.after(.pageArrived(resourceVersion: "7", continueToken: nil, objects: 1)) == ["deliver 7", "watch 7"])
    }

    @Test("a bookmark ends the row of silent watches")
    func bookmarkedSilence() {
        var bench = Bench()
        bench.listAndWatch()
        for _ in 1...10 {
            _ = bench.after(.seconds(60), .versionSeen("11"))
            #expect(bench.after(.seconds(90), .watchFailed(failure(.timeout))) == ["watch 11"])
            _ = bench.after(.watchOpened)
        }
    }

    @Test("a watch that nobody answers is no silence")
    func noAnswer() {
        var bench = Bench()
        _ = bench.after(.started)
        _ = bench.after(.pageArrived(resourceVersion: "10", continueToken: nil, objects: 1))
        #expect(bench.after(.watchFailed(failure(.timeout))) == ["offline timeout"])
        #expect(bench.wake() == ["watch 10"])
        #expect(bench.after(.watchOpened) == ["connected"])
    }

    @Test("a forgotten version leads to a list at once, but not twice within seconds")
    func gone() {
        var bench = Bench()
        bench.listAndWatch()
        #expect(bench.after(.seconds(3600), .watchFailed(failure(.gone))) == ["list limit=500"])
        #expect(
            bench.after(.pageArrived(resourceVersion: "90", continueToken: nil, objects: 1)) == [
                "deliver 90", "watch 90",
            ])
        _ = bench.after(.watchOpened)
        #expect(bench.after(.watchFailed(failure(.gone))) == [])
        #expect(bench.wait == 800)
        #expect(bench.wake() == ["list limit=500"])
    }

    @Test("a long outage ends with a watch from the old version, and a list only if that is forgotten")
    func outage() {
        var bench = Bench()
        bench.listAndWatch()
        #expect(bench.after(.seconds(60), .watchFailed(failure(.unreachable))) == ["watch 10"])
        #expect(bench.after(.watchFailed(failure(.unreachable))) == ["offline unreachable"])
        for _ in 0..<50 {
            #expect(bench.wake() == ["watch 10"])
            #expect(bench.after(.watchFailed(failure(.unreachable))) == [])
        }
        #expect(bench.wake() == ["watch 10"])
        #expect(bench.after(.watchFailed(failure(.unauthorized))) == ["offline unauthorized"])
        #expect(bench.wake() == ["watch 10"])
        #expect(bench.after(.watchOpened) == ["connected"])
        #expect(bench.after(.watchFailed(failure(.gone))) == ["list limit=500"])
    }

    @Test("a connection that breaks after it told something is opened again without a word")
    func brokenConnection() {
        var bench = Bench()
        bench.listAndWatch()
        _ = bench.after(.versionSeen("11"))
        #expect(bench.after(.watchFailed(failure(.unreachable))) == [])
        #expect(bench.wait == 800)
        #expect(bench.wake() == ["watch 11"])
    }

    @Test(
        "trouble on the way is waited out with the version kept",
        arguments: [
            KubernetesError.Code.unreachable, .unauthorized, .forbidden, .tooManyRequests, .serverError(status: 502),
            .serverError(status: 503),
        ])
    func waitedOut(code: KubernetesError.Code) {
        var bench = Bench()
        _ = bench.after(.started)
        _ = bench.after(.pageArrived(resourceVersion: "10", continueToken: nil, objects: 1))
        #expect(bench.after(.watchFailed(failure(code, retryAfter: .seconds(2)))) == ["offline \(code)"])
        #expect(bench.wait == 2800)
        #expect(bench.wake() == ["watch 10"])
    }

    @Test(
        "what cannot get better with the same watch leads to a list",
        arguments: [KubernetesError.Code.badAnswer, .serverError(status: 500), .rejected(status: 400)])
    func relist(code: KubernetesError.Code) {
        var bench = Bench()
        bench.listAndWatch()
        #expect(bench.after(.seconds(60), .watchFailed(failure(code))) == ["offline \(code)"])
        #expect(bench.wake() == ["list limit=500"])
    }

    @Test("a kind that goes away while it is watched is absent, and listed when it is back")
    func removedKind() {
        var bench = Bench()
        bench.listAndWatch()
        #expect(bench.after(.watchFailed(failure(.notFound))) == ["absent"])
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
        var bench = Bench(Self.policy)
        _ = bench.after(.started)
        #expect(bench.after(empty("10")) == ["deliver 10", "connected", "watch 10"])
    }

    @Test("an empty list where objects were known is made again, past every cache, and replaces nothing")
    func doubted() {
        var bench = Bench(Self.policy)
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
        var bench = Bench(Self.policy)
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
        var bench = Bench(Self.policy)
        _ = bench.after(.started)
        _ = bench.after(empty("10"))
        _ = bench.after(.watchOpened)
        _ = bench.after(.objectSeen(version: "11"))
        _ = bench.after(.watchFailed(failure(.gone)))
        _ = bench.wake()
        #expect(bench.after(empty("12")) == ["drop", "offline badAnswer"])

        var policy = Self.policy
        policy.knowsObjects = true
        var restarted = Bench(policy)
        _ = restarted.after(.started)
        #expect(restarted.after(empty("12")) == ["drop", "offline badAnswer"])
    }
}
