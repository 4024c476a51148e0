import Addresses
import Telemetry
import Testing

@testable import Speaker

@Suite("Gauges of addresses")
struct AddressGaugesTests {
    private func text(_ registry: Registry) -> String {
        String(decoding: registry.expose(as: .prometheusText), as: UTF8.self)
    }

    @Test("an address that is needed no more leaves the exposition, and comes back with its next state")
    func gone() throws {
        let registry = Registry()
        var gauges = AddressGauges(node: "n1", factory: PrometheusMetricsFactory(registry))
        let (first, second) = (IPAddress(v4: 0xC000_0201), IPAddress(v4: 0xC000_0202))
        gauges.record(first, on: "eth0", isAnnounced: true)
        gauges.record(second, on: "eth0", isAnnounced: false)
        let series = #"toono_address_owned{address="192.0.2.1",link="eth0",node="n1"}"#
        #expect(text(registry).contains(series + " 1"))
        gauges.keep { $0 == second }
        #expect(!text(registry).contains(series))
        #expect(text(registry).contains(#"address="192.0.2.2""#))
        gauges.record(first, on: "eth0", isAnnounced: false)
        #expect(text(registry).contains(series + " 0"))
    }
}
