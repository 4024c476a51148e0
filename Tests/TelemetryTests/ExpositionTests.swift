import Metrics
import Testing

@testable import Telemetry

/// Golden texts of both formats, and the rules of names and labels.
@Suite struct ExpositionTests {
    private static let definitions: [MetricDefinition] = [
        .counter("metallb_k8s_client_updates_total", help: "Number of \"k8s\" updates\nreceived, a \\ in it."),
        .counter("metallb_layer2_gratuitous_sent", help: "Number of gratuitous packets sent."),
        .gauge("metallb_speaker_announced", help: "Services announced from this node."),
        .histogram("toono_failover_seconds", help: "Time without an owner.", buckets: [0.25, 1, 10]),
    ]

    private func filled() throws -> Registry {
        let registry = Registry()
        try registry.register(Self.definitions)
        let factory = PrometheusMetricsFactory(registry)
        Counter(label: "metallb_k8s_client_updates_total", factory: factory).increment(by: 3)
        Counter(label: "metallb_layer2_gratuitous_sent", dimensions: [("ip", "192.0.2.1")], factory: factory)
            .increment()
        for (service, ip) in [("shop/web", "192.0.2.2"), ("shop/api", "192.0.2.1")] {
            Gauge(
                label: "metallb_speaker_announced",
                dimensions: [("service", service), ("protocol", "layer2"), ("ip", ip)], factory: factory
            ).record(1)
        }
        let timer = Timer(label: "toono_failover_seconds", factory: factory)
        timer.record(duration: .milliseconds(250))
        timer.record(duration: .milliseconds(500))
        timer.record(duration: .seconds(20))
        Gauge(label: "unhelped.gauge", factory: factory).record(0.5)
        return registry
    }

    @Test("the text format 0.0.4, families and series sorted")
    func prometheusText() throws {
        let text = String(decoding: try filled().expose(as: .prometheusText), as: UTF8.self)
        #expect(
            text == #"""
                # HELP metallb_k8s_client_updates_total Number of "k8s" updates\nreceived, a \\ in it.
                # TYPE metallb_k8s_client_updates_total counter
                metallb_k8s_client_updates_total 3
                # HELP metallb_layer2_gratuitous_sent Number of gratuitous packets sent.
                # TYPE metallb_layer2_gratuitous_sent counter
                metallb_layer2_gratuitous_sent{ip="192.0.2.1"} 1
                # HELP metallb_speaker_announced Services announced from this node.
                # TYPE metallb_speaker_announced gauge
                metallb_speaker_announced{ip="192.0.2.1",protocol="layer2",service="shop/api"} 1
                metallb_speaker_announced{ip="192.0.2.2",protocol="layer2",service="shop/web"} 1
                # HELP toono_failover_seconds Time without an owner.
                # TYPE toono_failover_seconds histogram
                toono_failover_seconds_bucket{le="0.25"} 1
                toono_failover_seconds_bucket{le="1"} 2
                toono_failover_seconds_bucket{le="10"} 2
                toono_failover_seconds_bucket{le="+Inf"} 3
                toono_failover_seconds_sum 20.75
                toono_failover_seconds_count 3
                # TYPE unhelped_gauge gauge
                unhelped_gauge 0.5

                """#)
    }

    @Test(
        "OpenMetrics 1.0: counter families lose _total, a counter without it is of unknown type, and the end is marked")
    func openMetrics() throws {
        let text = String(decoding: try filled().expose(as: .openMetrics), as: UTF8.self)
        #expect(
            text == #"""
                # HELP metallb_k8s_client_updates Number of \"k8s\" updates\nreceived, a \\ in it.
                # TYPE metallb_k8s_client_updates counter
                metallb_k8s_client_updates_total 3
                # HELP metallb_layer2_gratuitous_sent Number of gratuitous packets sent.
                # TYPE metallb_layer2_gratuitous_sent unknown
                metallb_layer2_gratuitous_sent{ip="192.0.2.1"} 1
                # HELP metallb_speaker_announced Services announced from this node.
                # TYPE metallb_speaker_announced gauge
                metallb_speaker_announced{ip="192.0.2.1",protocol="layer2",service="shop/api"} 1
                metallb_speaker_announced{ip="192.0.2.2",protocol="layer2",service="shop/web"} 1
                # HELP toono_failover_seconds Time without an owner.
                # TYPE toono_failover_seconds histogram
                toono_failover_seconds_bucket{le="0.25"} 1
                toono_failover_seconds_bucket{le="1.0"} 2
                toono_failover_seconds_bucket{le="10.0"} 2
                toono_failover_seconds_bucket{le="+Inf"} 3
                toono_failover_seconds_sum 20.75
                toono_failover_seconds_count 3
                # TYPE unhelped_gauge gauge
                unhelped_gauge 0.5
                # EOF

                """#)
    }

    @Test(
        "a label's value is escaped, its name made valid",
        arguments: [
            ("ip", "192.0.2.1", #"ip="192.0.2.1""#), ("why", "a \"b\"\\\nc", #"why="a \"b\"\\\nc""#),
            ("pool name", "ö", #"pool_name="ö""#), ("1st", "", #"_1st="""#), ("a:b", "x", #"a_b="x""#),
            ("", "x", #"_="x""#), ("tab", "a\tb", "tab=\"a\tb\""),
        ])
    func labels(name: String, value: String, text: String) {
        #expect(MetricLabels([(name, value)], kind: .gauge)?.text == text)
    }

    @Test(
        "a value is written so that it is read back as the same number",
        arguments: [
            (MetricValue.double(0), "0"), (.double(1.5), "1.5"), (.double(-3), "-3"), (.double(1e21), "1e+21"),
            (.double(.infinity), "+Inf"), (.double(-.infinity), "-Inf"), (.double(.nan), "NaN"),
            (.double(0.1), "0.1"), (.integer(.max), "9223372036854775807"),
        ])
    func values(value: MetricValue, text: String) {
        #expect(ExpositionEncoder.text(of: value) == text)
    }

    @Test(
        "the format is negotiated (RFC 9110 12.5.1)",
        arguments: [
            ("", ExpositionFormat.prometheusText), ("*/*", .prometheusText), ("text/plain", .prometheusText),
            ("application/openmetrics-text", .openMetrics),
            ("application/openmetrics-text; version=0.0.1", .prometheusText),
            ("application/openmetrics-text;version=1.0.0;q=0", .prometheusText),
            ("application/openmetrics-text;version=\"1.0.0\";q=0.3,text/plain;q=0.7", .prometheusText),
            ("text/html,application/xhtml+xml,*/*;q=0.8", .prometheusText),
            (",;,=;q", .prometheusText),
            // What Prometheus 2.42 and 3.0 send.
            (
                "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;q=0.75,"
                    + "text/plain;version=0.0.4;q=0.5,*/*;q=0.1", .openMetrics
            ),
            (
                "application/openmetrics-text;version=1.0.0;escaping=allow-utf-8;q=0.5,"
                    + "text/plain;version=0.0.4;q=0.2,*/*;q=0.1", .openMetrics
            ),
        ])
    func negotiation(accept: String, format: ExpositionFormat) {
        #expect(ExpositionFormat(accept: accept) == format)
    }
}
