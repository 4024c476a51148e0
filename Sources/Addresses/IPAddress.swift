/// An IPv4 or IPv6 address.
///
/// Held as one number, so that ranges, order and arithmetic are those of integers. All IPv4 addresses sort before all
/// IPv6 addresses. An IPv4-mapped IPv6 address (`::ffff:192.0.2.1`) stays IPv6: nothing in Kubernetes treats the two
/// as one.
package struct IPAddress: Sendable, Hashable {
    /// The family that the bits belong to.
    package let family: IPFamily
    /// The address as a number in host order; at most 2^32 − 1 for IPv4.
    package let bits: UInt128

    /// An IPv4 address from its 32 bits, the first octet the most significant.
    package init(v4 bits: UInt32) {
        family = .ipv4
        self.bits = UInt128(bits)
    }

    /// An IPv6 address from its 128 bits.
    package init(v6 bits: UInt128) {
        family = .ipv6
        self.bits = bits
    }

    /// An address from its bits, or nil if the family has none that high.
    package init?(family: IPFamily, bits: UInt128) {
        if family == .ipv4 && bits > UInt128(UInt32.max) { return nil }
        self.family = family
        self.bits = bits
    }

    /// An address from its octets in network order: 4 or 16 of them, else nil.
    package init?(octets: some Collection<UInt8>) {
        let bits = octets.reduce(UInt128(0)) { $0 << 8 | UInt128($1) }
        switch octets.count {
        case 4: self.init(v4: UInt32(truncatingIfNeeded: bits))
        case 16: self.init(v6: bits)
        default: return nil
        }
    }

    /// The octets in network order: 4 or 16.
    package var octets: [UInt8] {
        stride(from: family.bitWidth - 8, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> UInt128($0)) }
    }

    /// The next address, or nil after the last of the family.
    package var next: IPAddress? {
        bits == IPPrefix.hostMask(family, prefixLength: 0) ? nil : IPAddress(family: family, bits: bits + 1)
    }

    /// True for 169.254.0.0/16 and fe80::/10.
    package var isLinkLocal: Bool {
        family == .ipv4 ? bits >> 16 == 0xA9FE : bits >> 118 == 0xFE80 >> 6
    }
}

extension IPAddress: Comparable {
    package static func < (left: IPAddress, right: IPAddress) -> Bool {
        left.family == right.family ? left.bits < right.bits : left.family < right.family
    }
}

extension IPAddress: Codable {
    package init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        let text = try container.decode(String.self)
        guard let address = IPAddress(text) else {
            throw DecodingError.dataCorruptedError(in: container, debugDescription: "\"\(text)\" is no IP address")
        }
        self = address
    }

    package func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        try container.encode(description)
    }
}
