import ClusterConfiguration
import Testing

@Suite("Durations of Go")
struct GoDurationTests {
    @Test(
        "numbers with units",
        arguments: [
            ("90s", .seconds(90)), ("1m30s", .seconds(90)), ("0", .zero), ("0s", .zero), ("1.5h", .seconds(5400)),
            (".5s", .milliseconds(500)),
            ("1.s", .seconds(1)), ("-2ms", .milliseconds(-2)), ("+3us", .microseconds(3)), ("3µs", .microseconds(3)),
            ("7ns", .nanoseconds(7)),
            ("1h2m3.004s", .milliseconds(3_723_004)),
        ] as [(String, Duration)])
    func valid(text: String, expected: Duration) {
        #expect(GoDuration.parse(text) == expected)
    }

    @Test(
        "anything else is none",
        arguments: [
            "", "-", "90", "s", "90 s", "1d", "1m30", "1..5s", ".s", "--1s", "99999999999h", "1000000000000000000000s",
            "90S", "９s",
        ])
    func invalid(text: String) {
        #expect(GoDuration.parse(text) == nil)
    }

    @Test(
        "they are written as Go writes them",
        arguments: [
            (.seconds(90), "1m30s"), (.zero, "0s"), (.milliseconds(1500), "1.5s"), (.seconds(3600), "1h0m0s"),
            (.seconds(-5), "-5s"),
        ] as [(Duration, String)])
    func text(duration: Duration, expected: String) {
        #expect(GoDuration.text(duration) == expected)
        #expect(GoDuration.parse(expected) == duration)
    }
}
