package import Addresses

/// What a route is about: an address family and a subsequent one (RFC 4760).
package struct AddressFamily: Sendable, Hashable {
    /// The address family identifier of IANA.
    package let afi: UInt16
    /// The subsequent address family identifier of IANA.
    package let safi: UInt8

    /// A family by its numbers.
    package init(afi: UInt16, safi: UInt8) {
        self.afi = afi
        self.safi = safi
    }

    /// Unicast routes of an IP family.
    package init(_ family: IPFamily) { self.init(afi: family == .ipv4 ? 1 : 2, safi: 1) }

    /// IPv4 unicast.
    package static let ipv4Unicast = AddressFamily(.ipv4)
    /// IPv6 unicast.
    package static let ipv6Unicast = AddressFamily(.ipv6)

    /// The IP family, or nil if this is no unicast family of IPv4 or IPv6.
    package var ipFamily: IPFamily? {
        switch (afi, safi) {
        case (1, 1): .ipv4
        case (2, 1): .ipv6
        default: nil
        }
    }
}

extension AddressFamily: Comparable {
    package static func < (left: AddressFamily, right: AddressFamily) -> Bool {
        (left.afi, left.safi) < (right.afi, right.safi)
    }
}

extension AddressFamily: CustomStringConvertible {
    package var description: String {
        switch ipFamily {
        case .ipv4: "ipv4 unicast"
        case .ipv6: "ipv6 unicast"
        case nil: "afi \(afi) safi \(safi)"
        }
    }
}
