package import Addresses

/// What a speaker calls itself in OPEN: any 32 bits but zero (RFC 6286), written like an IPv4 address.
package struct BGPIdentifier: Sendable, Hashable, Comparable {
    /// The identifier as a number, which is how two are compared (RFC 6286 2.3).
    package let bits: UInt32

    /// An identifier, or nil for zero.
    package init?(bits: UInt32) {
        guard bits != 0 else { return nil }
        self.bits = bits
    }

    /// An identifier that looks like an IPv4 address, or nil for 0.0.0.0 and for IPv6.
    package init?(_ address: IPAddress) {
        guard address.family == .ipv4 else { return nil }
        self.init(bits: UInt32(truncatingIfNeeded: address.bits))
    }

    /// An identifier that follows from a name, for a speaker without an IPv4 address: stable, and never zero.
    package init(hashing name: String) {
        // FNV-1a; the lowest bit is no loss and makes zero impossible
        bits = name.utf8.reduce(UInt32(2_166_136_261)) { ($0 ^ UInt32($1)) &* 16_777_619 } | 1
    }

    package static func < (left: BGPIdentifier, right: BGPIdentifier) -> Bool { left.bits < right.bits }
}

extension BGPIdentifier: CustomStringConvertible {
    package var description: String { IPAddress(v4: bits).description }
}
