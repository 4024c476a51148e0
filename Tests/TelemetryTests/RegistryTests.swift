import Metrics
import Testing

@testable import Telemetry

@Suite struct RegistryTests {
    private let registry = Registry()
    private var factory: PrometheusMetricsFactory { PrometheusMetricsFactory(registry) }

    private var lines: [String] {
        String(decoding: registry.expose(as: .prometheusText), as: UTF8.self).split(separator: "\n").map(String.init)
            .filter { !$0.hasPrefix("#") }
    }

    @Test("an empty registry, and a declared metric without a series, expose nothing")
    func empty() throws {
        try registry.register([.gauge("toono_peers", help: "Peers.")])
        #expect(registry.expose(as: .prometheusText).isEmpty)
        #expect(registry.expose(as: .openMetrics) == Array("# EOF\n".utf8))
    }

    @Test("a destroyed series leaves, whichever handle of it is destroyed")
    func destroyed() {
        let kept = Gauge(label: "announced", dimensions: [("ip", "192.0.2.1")], factory: factory)
        kept.record(1)
        Gauge(label: "announced", dimensions: [("ip", "192.0.2.2")], factory: factory).record(1)
        #expect(lines == ["announced{ip=\"192.0.2.1\"} 1", "announced{ip=\"192.0.2.2\"} 1"])
        Gauge(label: "announced", dimensions: [("ip", "192.0.2.2")], factory: factory).destroy()
        #expect(lines == ["announced{ip=\"192.0.2.1\"} 1"])
        kept.destroy()
        kept.record(2)
        #expect(lines.isEmpty)
    }

    @Test("a series made anew under a destroyed one's name is not removed by the old handle")
    func destroyedTwice() {
        let old = Counter(label: "sent", factory: factory)
        old.destroy()
        Counter(label: "sent", factory: factory).increment()
        old.destroy()
        #expect(lines == ["sent 1"])
    }

    @Test("every type of metric is removed by its own destroy")
    func destroyedEach() {
        let counter = Counter(label: "a", factory: factory)
        let fraction = FloatingPointCounter(label: "b", factory: factory)
        let meter = Meter(label: "c", factory: factory)
        let recorder = Recorder(label: "d", factory: factory)
        let timer = Timer(label: "e", factory: factory)
        #expect(!lines.isEmpty)
        counter.destroy()
        fraction.destroy()
        meter.destroy()
        recorder.destroy()
        timer.destroy()
        #expect(lines.isEmpty)
    }

    @Test("the order of labels does not make another series")
    func labelOrder() {
        Counter(label: "sent", dimensions: [("a", "1"), ("b", "2")], factory: factory).increment()
        Counter(label: "sent", dimensions: [("b", "2"), ("a", "1")], factory: factory).increment()
        #expect(lines == ["sent{a=\"1\",b=\"2\"} 2"])
    }

    @Test("a counter never falls, adds fractions, stops at the largest integer, and starts anew on reset")
    func counter() {
        let counter = Counter(label: "a", factory: factory)
        let fraction = FloatingPointCounter(label: "b", factory: factory)
        counter.increment(by: -5)
        fraction.increment(by: -1.0)
        fraction.increment(by: Double.nan)
        #expect(lines == ["a 0", "b 0"])
        counter.increment(by: Int64.max)
        counter.increment(by: Int64.max)
        fraction.increment(by: 0.25)
        fraction.increment(by: 0.5)
        #expect(lines == ["a 9223372036854775807", "b 0.75"])
        counter.reset()
        fraction.reset()
        #expect(lines == ["a 0", "b 0"])
    }

    @Test("a meter goes up and down, a gauge keeps the last value")
    func gauges() {
        let meter = Meter(label: "a", factory: factory)
        meter.set(10)
        meter.increment(by: 2.5)
        meter.decrement()
        Gauge(label: "b", factory: factory).record(7)
        Gauge(label: "b", factory: factory).record(-1)
        #expect(lines == ["a 11.5", "b -1"])
    }

    @Test("a histogram counts a value in the first bucket that holds it, and ignores what says nothing")
    func histogram() throws {
        try registry.register([.histogram("d", help: "Durations.", buckets: [1, 2])])
        let recorder = Recorder(label: "d", factory: factory)
        for value in [0.0, 1, 1.5, 3, .nan] { recorder.record(value) }
        Timer(label: "d", factory: factory).recordNanoseconds(-1)
        #expect(
            lines == [
                "d_bucket{le=\"1\"} 2", "d_bucket{le=\"2\"} 3", "d_bucket{le=\"+Inf\"} 4", "d_sum 5.5", "d_count 4",
            ])
    }

    @Test("a metric of another kind than the declared one, and labels that collide, are not exposed but named")
    func conflicts() throws {
        try registry.register([.gauge("peers", help: "Peers."), .histogram("d", help: "Durations.")])
        Counter(label: "peers", factory: factory).increment()
        Counter(label: "d_count", factory: factory).increment()
        Gauge(label: "twice", dimensions: [("a b", "1"), ("a_b", "2")], factory: factory).record(1)
        Timer(label: "bounds", dimensions: [("le", "1")], factory: factory).recordSeconds(1)
        #expect(
            lines == ["bounds", "d_count", "peers", "twice"].map { "toono_metrics_conflict{metric=\"\($0)\"} 1" })
    }

    @Test(
        "a definition that could not be exposed is refused",
        arguments: [
            (MetricDefinition.gauge("a-b", help: "x"), MetricDefinitionError.invalidName("a-b")),
            (.gauge("", help: "x"), .invalidName("")), (.gauge("1a", help: "x"), .invalidName("1a")),
            (.gauge("g", help: ""), .noHelp("g")),
            (.histogram("h", help: "x", buckets: [1, 1]), .invalidBuckets("h")),
            (.histogram("h", help: "x", buckets: [1, .infinity]), .invalidBuckets("h")),
            (MetricDefinition(name: "g", help: "x", kind: .gauge, buckets: [1]), .invalidBuckets("g")),
            (.gauge("sent", help: "x"), .nameTaken("sent", by: "sent_total")),
            (.counter("delay_sum", help: "x"), .nameTaken("delay_sum", by: "delay")),
            (.gauge("sent_total", help: "x"), .nameTaken("sent_total", by: "sent_total")),
        ])
    func refused(definition: MetricDefinition, error: MetricDefinitionError) throws {
        try registry.register([.counter("sent_total", help: "Sent."), .histogram("delay", help: "Delay.")])
        #expect(throws: error) { try registry.register([definition]) }
    }

    @Test("a declaration may come twice, and after series of its kind were made")
    func adopted() throws {
        let declaration = MetricDefinition.counter("sent_total", help: "Sent.")
        Counter(label: "sent_total", factory: factory).increment()
        try registry.register([declaration])
        try registry.register([declaration])
        #expect(
            String(decoding: registry.expose(as: .prometheusText), as: UTF8.self)
                == "# HELP sent_total Sent.\n# TYPE sent_total counter\nsent_total 1\n")
    }

    @Test("collectors run before each exposition")
    func collectors() {
        let counter = Counter(label: "scrapes", factory: factory)
        registry.collect { counter.increment() }
        #expect(lines == ["scrapes 1"])
        #expect(lines == ["scrapes 2"])
    }

    @Test("no increment is lost between threads, while series come and go")
    func concurrency() async {
        let factory = factory
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for task in 0..<8 {
                group.addTask {
                    for round in 0..<1000 {
                        Counter(label: "a", factory: factory).increment()
                        FloatingPointCounter(label: "b", factory: factory).increment(by: 0.5)
                        Meter(label: "c", factory: factory).increment(by: 1.0)
                        Timer(label: "d", factory: factory).recordSeconds(1)
                        let passing = Gauge(label: "e", dimensions: [("task", "\(task)")], factory: factory)
                        passing.record(1)
                        passing.destroy()
                        if round.isMultiple(of: 250) { _ = registry.expose(as: .openMetrics) }
                    }
                }
            }
        }
        #expect(lines.contains("a 8000"))
        #expect(lines.contains("b 4000"))
        #expect(lines.contains("c 8000"))
        #expect(lines.contains("d_count 8000"))
        #expect(!lines.contains { $0.hasPrefix("e") })
    }
}
