import ClusterConfiguration
import KubernetesObjects

/// `toonoctl pools`: what there is to give out, how much of it is given, and who makes it known.
package struct PoolReport: Report {
    package var pools: [Pool]

    /// One pool.
    package struct Pool: Sendable, Hashable, Encodable {
        package var name: String
        package var addresses: [String]
        package var autoAssign: Bool
        /// Nil before the controller has counted.
        package var ipv4: Use?
        package var ipv6: Use?
        /// Names of the L2Advertisements and BGPAdvertisements that select the pool; empty while the configuration is
        /// invalid.
        package var advertisements: [String]
    }

    /// Numbers of addresses.
    package struct Use: Sendable, Hashable, Encodable {
        package var assigned: Int64
        package var available: Int64

        /// `3/10`, or a dash for a pool without the family.
        var text: String {
            let total = assigned.addingSaturated(available)
            return total == 0 ? "" : "\(assigned)/\(total)"
        }
    }

    package var isHealthy: Bool { true }

    package init(_ picture: ClusterPicture) {
        let configuration = picture.resolution.configuration
        pools = picture.objects.resources.pools.sorted { $0.key < $1.key }.map { pool in
            let name = pool.metadata.name
            let layer2 = configuration?.layer2Advertisements.filter { $0.pools.contains(name) }.map(\.name) ?? []
            let bgp = configuration?.bgpAdvertisements.filter { $0.pools.contains(name) }.map(\.name) ?? []
            return Pool(
                name: name, addresses: pool.spec.addresses ?? [], autoAssign: pool.spec.autoAssign ?? true,
                ipv4: pool.status.map { Use(assigned: $0.assignedIPv4 ?? 0, available: $0.availableIPv4 ?? 0) },
                ipv6: pool.status.map { Use(assigned: $0.assignedIPv6 ?? 0, available: $0.availableIPv6 ?? 0) },
                advertisements: layer2.map { "L2Advertisement/\($0)" } + bgp.map { "BGPAdvertisement/\($0)" })
        }
    }

    package func text(isWide: Bool) -> String {
        if pools.isEmpty { return "there is no IPAddressPool" }
        return table.lines(isWide: isWide).joined(separator: "\n")
    }

    var table: Table {
        Table(
            .init("NAME"), .init("IPV4 USED"), .init("IPV6 USED"), .init("AUTO ASSIGN"), .init("ADDRESSES"),
            .init("ADVERTISED BY", isWide: true),
            rows: pools.map { pool in
                [
                    pool.name, pool.ipv4?.text ?? "", pool.ipv6?.text ?? "", "\(pool.autoAssign)",
                    pool.addresses.joined(separator: ","), pool.advertisements.joined(separator: ","),
                ]
            })
    }
}
