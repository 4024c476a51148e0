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
    /// The driver sees a signal (IFF_LOWER_UP); what stands above it may not be ready yet (802.1X).
    package var hasCarrier: Bool
    package var canBroadcast: Bool
    /// IFF_NOARP: the link has no address resolution.
    package var hasNoARP: Bool
    package var isLoopback: Bool
    /// The index of the bridge, bond, team or VRF that the interface belongs to.
    package var master: Int32?
    package var mtu: UInt32
    /// `veth`, `dummy`, `ifb`, `bridge`…; nil for hardware.
    package var kind: String?

    /// A link; by default an Ethernet interface in service.
    package init(
        index: Int32, name: String, mac: MACAddress? = nil, isUp: Bool = true, isRunning: Bool = true,
        hasCarrier: Bool = true, canBroadcast: Bool = true, hasNoARP: Bool = false, isLoopback: Bool = false,
        master: Int32? = nil, mtu: UInt32 = 1500, kind: String? = nil
    ) {
        self.index = index
        self.name = name
        self.mac = mac
        self.isUp = isUp
        self.isRunning = isRunning
        self.hasCarrier = hasCarrier
        self.canBroadcast = canBroadcast
        self.hasNoARP = hasNoARP
        self.isLoopback = isLoopback
        self.master = master
        self.mtu = mtu
        self.kind = kind
    }
}
