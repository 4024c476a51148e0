package import Addresses

/// Where routers are to send a route's traffic, in the form that the session allows.
package enum NextHop: Sendable, Hashable {
    /// An IPv4 address in NEXT_HOP; the routes stand in the old fields of UPDATE.
    case plain(IPAddress)
    /// One IPv6 address, or a global and a link-local one (RFC 2545 3), in MP_REACH.
    case multiprotocol(IPAddress, linkLocal: IPAddress?)

    /// True if routes travel in MP_REACH and MP_UNREACH.
    var isMultiprotocol: Bool {
        if case .multiprotocol = self { return true }
        return false
    }
}
