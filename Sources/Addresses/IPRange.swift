/// Consecutive addresses of one family, first and last included; never empty.
package struct IPRange: Sendable, Hashable {
    package let family: IPFamily
    /// The first address as a number.
    package let lower: UInt128
    /// The last address as a number, not below `lower`.
    package let upper: UInt128

    init(family: IPFamily, lower: UInt128, upper: UInt128) {
        self.family = family
        self.lower = lower
        self.upper = upper
    }

    /// The range from one address to another, or nil if they differ in family or the last comes before the first.
    package init?(_ first: IPAddress, _ last: IPAddress) {
        guard first.family == last.family, first <= last else { return nil }
        self.init(family: first.family, lower: first.bits, upper: last.bits)
    }

    /// The first address.
    package var first: IPAddress { address(lower) }
    /// The last address.
    package var last: IPAddress { address(upper) }
    /// The number of addresses, one less for all of IPv6, which 128 bits cannot count.
    package var count: UInt128 { upper - lower == .max ? .max : upper - lower + 1 }

    /// The range of one address.
    package init(_ address: IPAddress) {
        self.init(family: address.family, lower: address.bits, upper: address.bits)
    }

    /// The range without its last address; nil for a single one.
    package var withoutLast: IPRange? {
        lower == upper ? nil : IPRange(family: family, lower: lower, upper: upper - 1)
    }

    /// True if the address lies in the range.
    package func contains(_ address: IPAddress) -> Bool {
        address.family == family && lower <= address.bits && address.bits <= upper
    }

    /// True if the two share an address.
    package func overlaps(_ other: IPRange) -> Bool {
        family == other.family && lower <= other.upper && other.lower <= upper
    }

    /// The fewest prefixes that together hold exactly these addresses, in order.
    package var prefixes: [IPPrefix] {
        var prefixes: [IPPrefix] = []
        var start = lower
        while true {
            // As long as alignment allows, shortened until it ends within the range.
            var hostBits = min(start.trailingZeroBitCount, family.bitWidth)
            while true {
                let mask = IPPrefix.hostMask(family, prefixLength: family.bitWidth - hostBits)
                if mask <= upper - start { break }
                hostBits -= 1
            }
            if let prefix = IPPrefix(address(start), length: family.bitWidth - hostBits) { prefixes.append(prefix) }
            let end = start | IPPrefix.hostMask(family, prefixLength: family.bitWidth - hostBits)
            if end >= upper { return prefixes }
            start = end + 1
        }
    }

    private func address(_ bits: UInt128) -> IPAddress {
        family == .ipv4 ? IPAddress(v4: UInt32(truncatingIfNeeded: bits)) : IPAddress(v6: bits)
    }
}

extension IPRange: CustomStringConvertible {
    /// `192.0.2.10-192.0.2.20`, or one address where it is only one.
    package var description: String { lower == upper ? first.description : "\(first)-\(last)" }
}
