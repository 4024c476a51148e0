package import Addresses
package import Announcement
package import Kernel

/// What of ours is in the kernel now.
package struct KernelSight: Sendable, Hashable {
    /// An address on a link.
    package struct Place: Sendable, Hashable, Comparable {
        package var address: IPAddress
        package var link: Int32

        package init(address: IPAddress, link: Int32) {
            self.address = address
            self.link = link
        }

        package static func < (left: Place, right: Place) -> Bool {
            (left.address, left.link) < (right.address, right.link)
        }
    }

    /// VIPs with a route to the sink.
    package var routes: Set<IPAddress> = []
    package var proxies: Set<Place> = []
    /// VIPs on links themselves; not the lease.
    package var addresses: Set<Place> = []
    /// True while the lease address is there: without it no route can name it as its source.
    package var isLeaseAlive = false

    package init() {}

    /// Picks out of whole dumps what carries our tag.
    package init(routes: [Route], proxies: [ProxyNeighbor], addresses: [LinkAddress], sink: Int32) {
        self.routes = Set(routes.filter { $0.outputIndex == sink }.map(\.prefix.address))
        self.proxies = Set(
            proxies.filter { $0.protocolNumber == KernelOwner.protocolNumber }
                .map { Place(address: $0.address, link: $0.index) })
        let ours = addresses.filter { $0.protocolNumber == KernelOwner.protocolNumber }
        self.addresses = Set(
            ours.filter { $0.index != sink }.map { Place(address: $0.prefix.address, link: $0.index) })
        isLeaseAlive = ours.contains { $0.index == sink && $0.prefix.address == KernelOwner.leaseAddress }
    }

    /// What the kernel answers for: proxy entries that have their route, and addresses.
    package var held: [Answer] {
        proxies.filter { routes.contains($0.address) && isLeaseAlive }
            .map { Answer(address: $0.address, link: $0.link, method: .proxy) }
            + addresses.map { Answer(address: $0.address, link: $0.link, method: .address) }
    }
}
