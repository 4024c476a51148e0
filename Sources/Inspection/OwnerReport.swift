import Addresses
import ClusterConfiguration
import KubernetesObjects

/// `toonoctl owners`: which node announces what.
package struct OwnerReport: Report {
    /// In order of name, then address.
    package var owners: [Owner]

    /// One address of one Service.
    package struct Owner: Sendable, Hashable, Encodable {
        package var service: String
        package var address: String
        package var pool: String?
        /// Empty if no node says that it announces the Service.
        package var announcers: [Announcer]
    }

    package var isHealthy: Bool { owners.allSatisfy { !$0.announcers.isEmpty } }

    package init(_ picture: ClusterPicture) {
        owners = picture.served.flatMap { service in
            service.addresses.map { address in
                Owner(
                    service: service.key.description, address: address.description,
                    pool: service.allocatedPool ?? picture.resolution.configuration?.pool(holding: address)?.name,
                    announcers: picture.announcers(of: service, for: address))
            }
        }
    }

    package func text(isWide: Bool) -> String {
        if owners.isEmpty { return "no Service has an address" }
        let table = Table(
            .init("SERVICE"), .init("ADDRESS"), .init("NODE"), .init("METHOD"), .init("VIA", isWide: true),
            .init("POOL", isWide: true),
            rows: owners.flatMap { owner in
                owner.announcers.isEmpty
                    ? [[owner.service, owner.address, "", "", "", owner.pool ?? ""]]
                    : owner.announcers.map {
                        [
                            owner.service, owner.address, $0.node, $0.method.rawValue, $0.via.joined(separator: ","),
                            owner.pool ?? "",
                        ]
                    }
            })
        return table.lines(isWide: isWide).joined(separator: "\n")
    }
}
