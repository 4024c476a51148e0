/// An address with a prefix length: `192.0.2.0/24`. Host bits may be set, as they are in an interface's address.
package struct IPPrefix: Sendable, Hashable {
    /// The address as written, host bits included.
    package let address: IPAddress
    /// The number of leading bits that name the network: 0 to the family's width.
    package let length: Int

    /// A prefix, or nil for a length that the family does not have.
    package init?(_ address: IPAddress, length: Int) {
        guard (0...address.family.bitWidth).contains(length) else { return nil }
        self.address = address
        self.length = length
    }

    /// The prefix that holds one address only: /32 or /128.
    package init(host address: IPAddress) {
        self.address = address
        length = address.family.bitWidth
    }

    /// All addresses of the network, first and last included.
    package var range: IPRange {
        let mask = Self.hostMask(address.family, prefixLength: length)
        let first = address.bits & ~mask
        return IPRange(family: address.family, lower: first, upper: first | mask)
    }

    /// True if bits after the prefix are set: `192.0.2.1/24`.
    package var hasHostBits: Bool { range.first != address }

    /// The prefix with its host bits cleared.
    package var network: IPPrefix { IPPrefix(range.first, length: length) ?? self }

    /// True if the address is of this network.
    package func contains(_ other: IPAddress) -> Bool { range.contains(other) }

    /// Ones in the host part of an address of that family.
    static func hostMask(_ family: IPFamily, prefixLength: Int) -> UInt128 {
        let hostBits = family.bitWidth - prefixLength
        return hostBits == 128 ? .max : (UInt128(1) << UInt128(hostBits)) - 1
    }
}

extension IPPrefix: LosslessStringConvertible {
    /// A prefix from `ADDRESS/LENGTH`, else nil.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let address = IPAddress(String(parts[0])),
            (1...3).contains(parts[1].utf8.count), parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }),
            parts[1].utf8.count == 1 || parts[1].utf8.first != 0x30, let length = Int(parts[1])
        else { return nil }
        self.init(address, length: length)
    }

    package var description: String { "\(address)/\(length)" }
}
