/// A bridge with stations on it, each in a network namespace of its own.
///
/// Station n (from 1) has the interface `eth0` with 10.9.0.n/24 and fd09::n/64.
package struct TestLAN: Sendable {
    /// The namespace of the bridge `br0`; its port to station n is `port<n>`.
    package let bridge: NetworkNamespace
    package let stations: [NetworkNamespace]

    /// Makes a LAN; everything is up and has a carrier when this returns.
    package init(stations count: Int) async throws {
        bridge = try await NetworkNamespace()
        try await bridge.run("ip link add br0 type bridge forward_delay 0 && ip link set br0 up")
        var stations: [NetworkNamespace] = []
        for number in 1...count {
            let station = try await NetworkNamespace()
            try await bridge.run(
                """
                ip link add port\(number) type veth peer name eth0 netns \(station.name) && \
                ip link set port\(number) master br0 up
                """)
            try await station.run(
                """
                ip address add 10.9.0.\(number)/24 dev eth0 && ip link set eth0 up && \
                ip address add fd09::\(number)/64 dev eth0 nodad
                """)
            stations.append(station)
        }
        self.stations = stations
    }

    /// The first station, which most tests are about.
    package var node: NetworkNamespace { stations[0] }
}
