package import Addresses

/// What the speaker looks at of a network interface.
package struct LinkFacts: Sendable, Hashable {
    package var index: Int32
    package var name: String
    package var mac: MACAddress
    /// Administratively up (IFF_UP).
    package var isUp: Bool
    /// A cable, or what stands for one (IFF_RUNNING, operational state up).
    package var hasCarrier: Bool
    /// Broadcast works and ARP is not off: what announcing needs.
    package var canAnnounce: Bool
    /// True for a port of a bridge, bond, team or VRF: its master takes part instead.
    package var hasMaster: Bool
    /// The node's own addresses on it, in the kernel's order; none that Toono put there.
    package var addresses: [IPPrefix]
    /// Families whose packets from this link the kernel does not forward. For IPv4 the link's own switch decides (and
    /// whether its proxy entries are answered for), for IPv6 that of all devices.
    package var unforwarded: Set<IPFamily>

    package init(
        index: Int32, name: String, mac: MACAddress, isUp: Bool = true, hasCarrier: Bool = true,
        canAnnounce: Bool = true,
        hasMaster: Bool = false, addresses: [IPPrefix] = [], unforwarded: Set<IPFamily> = []
    ) {
        self.index = index
        self.name = name
        self.mac = mac
        self.isUp = isUp
        self.hasCarrier = hasCarrier
        self.canAnnounce = canAnnounce
        self.hasMaster = hasMaster
        self.addresses = addresses
        self.unforwarded = unforwarded
    }

    /// The switch that decides whether the kernel forwards a family's packets from this link, as `sysctl` names it.
    package func forwardingSwitch(of family: IPFamily) -> String {
        switch family {
        case .ipv4: "net.ipv4.conf.\(name).forwarding"
        case .ipv6: "net.ipv6.conf.all.forwarding"
        }
    }

    /// True if frames can be sent and received now.
    package var isUsable: Bool { isUp && hasCarrier }

    /// True if hellos can be sent as well: a node that cannot speak hears no answer, and must not take that for being alone.
    package var canSpeak: Bool { isUsable && !addresses.isEmpty }

    /// True if a subnet of the link holds the address. A host prefix is no subnet.
    package func holds(_ address: IPAddress) -> Bool {
        addresses.contains {
            $0.address.family == address.family && $0.length < $0.address.family.bitWidth && $0.contains(address)
        }
    }

    /// The node's address to speak from towards an address of that family: of the subnet that holds it if there is one,
    /// else the first; for IPv6 a link-local one will do.
    package func source(towards address: IPAddress) -> IPAddress? {
        let family = addresses.filter { $0.address.family == address.family }
        return (family.first { $0.contains(address) } ?? family.first)?.address
    }
}
