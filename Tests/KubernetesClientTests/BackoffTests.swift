import Testing

@testable import KubernetesClient

@Suite("backoff")
struct BackoffTests {
    @Test("draws anywhere below the ceiling (full jitter)")
    func jitter() {
        var random = SeededRandom()
        var low = 0
        var high = 0
        for _ in 0..<1000 {
            var backoff = Backoff(base: .seconds(1), cap: .seconds(8))
            let delay = backoff.fail(using: &random)
            #expect(delay >= .zero && delay <= .seconds(1))
            if delay < .milliseconds(100) { low += 1 }
            if delay > .milliseconds(900) { high += 1 }
        }
        #expect((50...150).contains(low))
        #expect((50...150).contains(high))
    }

    @Test("stays at its cap for ever, and begins again after a success")
    func cap() {
        var random = HighestRandom()
        var backoff = Backoff(base: .seconds(1), cap: .seconds(8))
        let rounded = (0..<6).map { _ in Int((backoff.fail(using: &random) / .seconds(1)).rounded()) }
        #expect(rounded == [1, 2, 4, 8, 8, 8])
        for _ in 0..<10_000 { #expect(backoff.fail(using: &random) <= .seconds(8)) }
        backoff.succeed()
        #expect(backoff.fail(using: &random) <= .seconds(1))
    }

    @Test("a cap below the base holds")
    func smallCap() {
        var random = HighestRandom()
        var backoff = Backoff(base: .seconds(10), cap: .seconds(1))
        #expect(backoff.fail(using: &random) <= .seconds(1))
    }

    @Test("the server's wish is obeyed, up to five minutes")
    func retryAfter() {
        var random = HighestRandom()
        var backoff = Backoff(base: .seconds(1), cap: .seconds(1))
        #expect(backoff.fail(retryAfter: .seconds(20), using: &random) >= .seconds(20))
        #expect(backoff.fail(retryAfter: .seconds(86_400), using: &random) <= .seconds(301))
    }
}

@Suite("the version of a kind")
struct VersionChoiceTests {
    @Test("is the best that the server names")
    func best() {
        var choice = VersionChoice(preferred: ["v1", "v1beta1"])
        #expect(choice.isAskingNeeded)
        #expect(choice.version == "v1")
        choice.serverNamed(["v1beta1"])
        #expect(choice.version == "v1beta1")
        #expect(!choice.isAskingNeeded)
    }

    @Test("is asked for again after a 404, as when the server was upgraded")
    func askedAgain() {
        var choice = VersionChoice(preferred: ["v1", "v1beta1"])
        choice.serverNamed(["v1beta1"])
        choice.versionNotFound()
        #expect(choice.isAskingNeeded)
        choice.serverNamed(["v1"])
        #expect(choice.version == "v1")
    }

    @Test("is guessed in turn while the server does not say")
    func guessed() {
        var choice = VersionChoice(preferred: ["v1", "v1beta1"])
        choice.askingFailed()
        #expect(choice.version == "v1")
        choice.versionNotFound()
        choice.askingFailed()
        #expect(choice.version == "v1beta1")
        choice.versionNotFound()
        #expect(choice.version == "v1")
    }

    @Test("moves on where the group serves a version without the kind")
    func groupWithoutKind() {
        var choice = VersionChoice(preferred: ["v1beta2", "v1beta1"])
        choice.serverNamed(["v1beta1", "v1beta2"])
        #expect(choice.version == "v1beta2")
        choice.versionNotFound()
        choice.serverNamed(["v1beta1", "v1beta2"])
        #expect(choice.version == "v1beta1")
    }

    @Test("need not be asked for where there is only one")
    func single() {
        var choice = VersionChoice(preferred: ["v1"])
        #expect(!choice.isAskingNeeded)
        choice.versionNotFound()
        #expect(!choice.isAskingNeeded)
        #expect(choice.version == "v1")
    }
}
