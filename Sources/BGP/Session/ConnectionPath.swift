package import Addresses

/// Where a connection runs: what next hops are made of.
package struct ConnectionPath: Sendable, Hashable {
    /// The own address of the connection.
    package var local: IPAddress
    /// An IPv4 address of the interface toward the peer.
    package var interfaceIPv4: IPAddress?
    /// A global IPv6 address of that interface.
    package var interfaceIPv6: IPAddress?
    /// The link-local address of that interface, if the peer is on the same link and may use it.
    package var linkLocal: IPAddress?

    /// A path.
    package init(
        local: IPAddress, interfaceIPv4: IPAddress? = nil, interfaceIPv6: IPAddress? = nil, linkLocal: IPAddress? = nil
    ) {
        self.local = local
        self.interfaceIPv4 = interfaceIPv4
        self.interfaceIPv6 = interfaceIPv6
        self.linkLocal = linkLocal
    }

    /// The next hop for routes of a family, or nil if there is none that the session could carry. `preferred` is an
    /// address that the operator chose.
    func nextHop(for family: IPFamily, usesExtendedNextHop: Bool, preferred: IPAddress?) -> NextHop? {
        switch (family, local.family) {
        case (.ipv4, .ipv4): .plain(preferred ?? local)
        case (.ipv4, .ipv6):
            if usesExtendedNextHop {
                ipv6NextHop(preferred: nil)
            } else {
                (preferred ?? interfaceIPv4).map { .plain($0) }
            }
        case (.ipv6, .ipv4): (preferred ?? interfaceIPv6).map { .multiprotocol($0, linkLocal: nil) }
        case (.ipv6, .ipv6): ipv6NextHop(preferred: preferred)
        }
    }

    /// A global address, with the link-local one where the peer can use it. On a session between link-local addresses
    /// it is that one twice, which all peers accept (RFC 2545 3 has no form for it): a global address of the
    /// interface may be of a network that the router is not in, and BIRD drops routes by way of it.
    private func ipv6NextHop(preferred: IPAddress?) -> NextHop {
        guard local.isLinkLocal else { return .multiprotocol(preferred ?? local, linkLocal: linkLocal) }
        return .multiprotocol(preferred ?? local, linkLocal: local)
    }
}
