package import Addresses

/// What of the node's own addresses matters to how an address is announced, apart from the links that take part.
package struct LocalAddresses: Sendable, Hashable {
    /// The device on which kube-proxy keeps the addresses of Services in IPVS mode.
    package static let ipvsDevice = "kube-ipvs0"

    /// Addresses on devices that take no part, none that Toono put there. The kernel asks no proxy entry about an address
    /// that is its own.
    package var elsewhere: Set<IPAddress>
    /// True if kube-proxy runs in IPVS mode: an address has a way to pods once it is on that device, and not before.
    package var isIPVS: Bool

    package init(elsewhere: Set<IPAddress> = [], isIPVS: Bool = false) {
        self.elsewhere = elsewhere
        self.isIPVS = isIPVS
    }
}
