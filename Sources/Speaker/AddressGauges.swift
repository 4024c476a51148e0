import Addresses
import Metrics
import Reasons

/// The series of `toono_address_owned` and `toono_address_obstacle`, which are there for as long as they tell something.
struct AddressGauges {
    private struct Place: Hashable {
        var address: IPAddress
        var link: String
    }

    private let node: String
    private let factory: any MetricsFactory
    private var gauges: [Place: Gauge] = [:]
    private var obstacles: [IPAddress: (reason: Reason, gauge: Gauge)] = [:]

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

    /// Says why this node may not announce the address, or that nothing is against it.
    mutating func record(_ address: IPAddress, obstacle: Reason?) {
        guard obstacles[address]?.reason != obstacle else { return }
        obstacles.removeValue(forKey: address)?.gauge.destroy()
        guard let obstacle else { return }
        let gauge = Gauge(
            label: "toono_address_obstacle", dimensions: [("address", "\(address)"), ("reason", obstacle.rawValue)],
            factory: factory)
        gauge.record(1)
        obstacles[address] = (obstacle, gauge)
    }

    /// Takes the series of all other addresses out of the exposition.
    mutating func keep(_ isNeeded: (IPAddress) -> Bool) {
        for place in gauges.keys where !isNeeded(place.address) { gauges.removeValue(forKey: place)?.destroy() }
        for address in obstacles.keys where !isNeeded(address) { record(address, obstacle: nil) }
    }
}
