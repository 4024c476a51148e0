import Testing

@testable import KubernetesClient

@Suite("a reflector's session: watches")
struct ReflectorSessionWatchTests {
    @Test("a watch that the server ends goes on from the last version, bookmarks included")
    func orderlyEnd() {
        var bench = ReflectorBench()
        bench.listAndWatch()
        _ = bench.after(.seconds(1), .versionSeen("15"))
        #expect(bench.after(.seconds(400), .watchClosed) == ["watch 15"])
        #expect(bench.after(.watchOpened) == [])
    }

    @Test("a watch that ends at once is opened again after a pause, without a word")
    func shortWatches() {
        var bench = ReflectorBench()
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
        var bench = ReflectorBench()
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
        var bench = ReflectorBench()
        bench.listAndWatch()
        for _ in 1...10 {
            _ = bench.after(.seconds(60), .versionSeen("11"))
            #expect(bench.after(.seconds(90), .watchFailed(failure(.timeout))) == ["watch 11"])
            _ = bench.after(.watchOpened)
        }
    }

    @Test("a watch that nobody answers is no silence")
    func noAnswer() {
        var bench = ReflectorBench()
        _ = bench.after(.started)
        _ = bench.after(.pageArrived(resourceVersion: "10", continueToken: nil, objects: 1))
        #expect(bench.after(.watchFailed(failure(.timeout))) == ["offline timeout"])
        #expect(bench.wake() == ["watch 10"])
        #expect(bench.after(.watchOpened) == ["connected"])
    }

    @Test("a forgotten version leads to a list at once, but not twice within seconds")
    func gone() {
        var bench = ReflectorBench()
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
        var bench = ReflectorBench()
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
        var bench = ReflectorBench()
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
        var bench = ReflectorBench()
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
        var bench = ReflectorBench()
        bench.listAndWatch()
        #expect(bench.after(.seconds(60), .watchFailed(failure(code))) == ["offline \(code)"])
        #expect(bench.wake() == ["list limit=500"])
    }

    @Test("a kind that goes away while it is watched is absent, and listed when it is back")
    func removedKind() {
        var bench = ReflectorBench()
        bench.listAndWatch()
        #expect(bench.after(.watchFailed(failure(.notFound))) == ["absent"])
        #expect(bench.wake() == ["list limit=500"])
    }
}
