package import Addresses
package import Neighbors
package import Ownership
package import Reasons

/// What happens to a node's announcing, apart from what `ClusterView` is told.
package enum AnnouncementEvent: Sendable {
    /// The process begins. `held` is what the kernel answers for with our tag, by interface index; `snapshots` is what an
    /// earlier process remembered, by interface name.
    case started(held: [Int32: [IPAddress]], snapshots: [String: OwnershipSnapshot])
    /// All interfaces of the node as they are now.
    case links([LinkFacts])
    /// A hello datagram came in on a link.
    case datagram(link: Int32, bytes: [UInt8], source: IPAddress)
    /// An ARP packet of another station came in on a link.
    case arp(link: Int32, ARPPacket)
    /// A neighbour advertisement of another station came in on a link.
    case advertisement(link: Int32, AdvertisementSighting)
    /// The deadline has come; the sockets were read empty before.
    case tick
    /// The process slept for so long, and the clock showed it.
    case woke(after: Duration)
    /// What carries traffic to the pods is ready, or is not for this reason.
    case dataPlane(Gate)
    /// What is known of the cluster is as new as can be: the API server was heard.
    case configurationRead
    /// The kernel does answer for what it was told to, or no longer does: the lease ended while nobody looked.
    case kernelAnswers(Bool)
    /// The node's addresses besides those of the links.
    case locals(LocalAddresses)
    /// The default gateways, by interface index; a link that is absent has none.
    case gateways([Int32: IPAddress])
    /// Other keys are in force.
    case keysChanged(OwnershipKeys)
    /// The process ends to be started again: peers hold off, the kernel goes on.
    case restart
    /// The process ends for good: everything is handed over.
    case leave
    /// The time allowed for leaving is over.
    case graceEnded

    /// A condition of owning anything.
    package enum Gate: Sendable, Hashable {
        case open
        case shut(Reason, String)
    }
}
