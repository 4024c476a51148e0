package import Addresses

/// A network interface as the kernel describes it.
package struct Link: Sendable, Hashable {
    package var index: Int32
    package var name: String
    /// Nil for an interface without an Ethernet address.
    package var mac: MACAddress?
    /// Administratively up (IFF_UP).
    package var isUp: Bool
    /// Operational: there is a carrier and the protocols above may send (IFF_RUNNING).
    package var isRunning: Bool
    package var canBroadcast: Bool
    /// IFF_NOARP: the link has no address resolution.
    package var hasNoARP: Bool
    package var isLoopback: Bool
    /// The index of the bridge, bond, team or VRF that the interface belongs to.
    package var master: Int32?
    package var mtu: UInt32
    /// `veth`, `dummy`, `ifb`, `bridge`…; nil for hardware.
    package var kind: String?
}

/// An address of an interface.
package struct LinkAddress: Sendable, Hashable {
    package var index: Int32
    package var prefix: IPPrefix
    /// IFA_PROTO; nil where the kernel is older than 6.0 or nobody set it.
    package var protocolNumber: UInt8?
    /// Remaining lifetime in seconds; nil for ever.
    package var validSeconds: UInt32?
}

/// A unicast route that carries our protocol number.
package struct Route: Sendable, Hashable {
    package var prefix: IPPrefix
    /// The index of the interface that it leaves through.
    package var outputIndex: Int32
    package var preferredSource: IPAddress?
    package var protocolNumber: UInt8
    package var table: UInt32
}

/// An address that the kernel answers for on a link without owning it.
package struct ProxyNeighbor: Sendable, Hashable {
    package var index: Int32
    package var address: IPAddress
    /// NDA_PROTOCOL; nil where nobody set it.
    package var protocolNumber: UInt8?
}
