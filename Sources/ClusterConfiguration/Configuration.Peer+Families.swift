package import Addresses

extension Configuration.Peer {
    /// The families whose routes the session carries: that of its own addresses, and both where it is unnumbered or
    /// set to.
    package var families: Set<IPFamily> {
        switch endpoint {
        case .interface: [.ipv4, .ipv6]
        case .address(let address, _): isDualStack ? [.ipv4, .ipv6] : [address.family]
        }
    }
}

extension Configuration.BGPAdvertisement {
    /// The route for an address: the address itself, or the aggregate that it lies in.
    package func prefix(of address: IPAddress) -> IPPrefix? {
        IPPrefix(address, length: address.family == .ipv4 ? aggregationLength : aggregationLengthV6)?.network
    }
}
