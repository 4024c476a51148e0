import Addresses
import Metrics

/// The series of `toono_address_owned`, which are there for as long as their addresses are needed.
struct AddressGauges {
    private struct Place: Hashable {
        var address: IPAddress
        var link: String
    }

    private let node: String
    private let factory: any MetricsFactory
    private var gauges: [Place: Gauge] = [:]

    init(node: String, factory: any MetricsFactory) {
        self.node = node
        self.factory = factory
    }

    /// Says whether this node announces the address on the link.
    mutating func record(_ address: IPAddress, on link: String, isAnnounced: Bool) {
        let place = Place(address: address, link: link)
        let gauge =
            gauges[place]
            ?? Gauge(
                label: "toono_address_owned",
                dimensions: [("address", "\(address)"), ("link", link), ("node", node)], factory: factory)
        gauge.record(isAnnounced ? 1 : 0)
        gauges[place] = gauge
    }

    /// Takes the series of all other addresses out of the exposition.
    mutating func keep(_ isNeeded: (IPAddress) -> Bool) {
        for place in gauges.keys where !isNeeded(place.address) { gauges.removeValue(forKey: place)?.destroy() }
    }
}
