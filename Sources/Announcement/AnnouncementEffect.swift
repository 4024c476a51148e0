package import Addresses
package import Ownership

/// How the kernel is made to answer for an address.
package enum AnnouncementMethod: String, Sendable, Hashable {
    /// A proxy neighbour entry on the link and a route to the sink: the address is never local.
    case proxy
    /// The address itself on the link, with a lifetime.
    case address
}

/// One address that the kernel answers for on one link.
package struct Answer: Sendable, Hashable {
    package var address: IPAddress
    package var link: Int32
    package var method: AnnouncementMethod

    package init(address: IPAddress, link: Int32, method: AnnouncementMethod) {
        self.address = address
        self.link = link
        self.method = method
    }
}

/// What a node's announcing wants done, in this order.
package enum AnnouncementEffect: Sendable, Hashable {
    /// Sockets are needed on a link.
    case open(LinkFacts)
    /// The link is gone, and its sockets with it.
    case close(link: Int32)
    /// The kernel has to answer for these.
    case answer([Answer])
    /// The kernel has to stop to answer for these.
    case silence([Answer])
    /// Everything that the kernel answers for must end this long from now unless this is renewed.
    case setLease(Duration)
    /// Send a hello datagram on a link.
    case send(link: Int32, [UInt8], to: HelloDestination)
    /// Send frames of ARP (IPv4) or neighbour discovery (IPv6) on a link.
    case frames(link: Int32, IPFamily, [[UInt8]])
    /// Something to log, count or show.
    case report(link: Int32, OwnershipReport)
    /// The process may end.
    case finished
}
