import BFD
import Telemetry
import Testing
import Timing

@testable import Speaker

@Suite("Metrics of sessions")
struct SessionSeriesTests {
    private func text(_ registry: Registry) -> String {
        String(decoding: registry.expose(as: .prometheusText), as: UTF8.self)
    }

    @Test("a session's metrics follow what it has counted, and go with it")
    func life() {
        let registry = Registry()
        var series = SessionSeries(peer: "10.0.0.1:179", factory: PrometheusMetricsFactory(registry))
        series.record("metallb_bgp_session_up", 1)
        series.count("metallb_bgp_updates_total", total: 3)
        series.count("metallb_bgp_updates_total", total: 5)
        #expect(text(registry).contains(#"metallb_bgp_session_up{peer="10.0.0.1:179"} 1"#))
        #expect(text(registry).contains(#"metallb_bgp_updates_total{peer="10.0.0.1:179"} 5"#))
        series.destroy()
        #expect(!text(registry).contains("10.0.0.1:179"))
    }

    @Test("BFD has MetalLB's metrics")
    func bfd() {
        let registry = Registry()
        var random = SystemRandomNumberGenerator()
        var session = BFDSession(discriminator: 7, settings: BFDSettings(), using: &random)
        _ = session.handle(.started, at: Instant(nanoseconds: 0), using: &random)
        var series = SessionSeries(peer: "10.0.0.1", factory: PrometheusMetricsFactory(registry))
        series.record(session.status)
        for line in [
            #"metallb_bfd_session_up{peer="10.0.0.1"} 0"#, #"metallb_bfd_control_packet_output{peer="10.0.0.1"} 1"#,
            #"metallb_bfd_control_packet_input{peer="10.0.0.1"} 0"#,
            #"metallb_bfd_echo_packet_input{peer="10.0.0.1"} 0"#,
            #"metallb_bfd_echo_packet_output{peer="10.0.0.1"} 0"#, #"metallb_bfd_session_up_events{peer="10.0.0.1"} 0"#,
            #"metallb_bfd_session_down_events{peer="10.0.0.1"} 0"#,
        ] {
            #expect(text(registry).contains(line))
        }
    }
}
