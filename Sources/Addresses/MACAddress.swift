/// A 48-bit Ethernet address.
package struct MACAddress: Sendable, Hashable {
    /// The address as a number, its first octet the most significant of 48 bits.
    package let bits: UInt64

    /// An address from the low 48 bits of a number.
    package init(bits: UInt64) { self.bits = bits & 0xFFFF_FFFF_FFFF }

    /// An address from six octets, else nil.
    package init?(octets: some Collection<UInt8>) {
        guard octets.count == 6 else { return nil }
        self.init(bits: octets.reduce(0) { $0 << 8 | UInt64($1) })
    }

    /// ff:ff:ff:ff:ff:ff
    package static let broadcast = MACAddress(bits: .max)
    /// 00:00:00:00:00:00
    package static let zero = MACAddress(bits: 0)

    /// The six octets in the order of transmission.
    package var octets: [UInt8] {
        stride(from: 40, through: 0, by: -8).map { UInt8(truncatingIfNeeded: bits >> UInt64($0)) }
    }

    static func nibble(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}

extension MACAddress: LosslessStringConvertible {
    /// An address from six colon-separated pairs of hexadecimal digits, else nil.
    package init?(_ text: String) {
        let parts = text.utf8.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard parts.count == 6 else { return nil }
        var bits: UInt64 = 0
        for part in parts {
            guard part.count == 2, let high = part.first.flatMap(Self.nibble), let low = part.last.flatMap(Self.nibble)
            else {
                return nil
            }
            bits = bits << 8 | UInt64(high << 4 | low)
        }
        self.init(bits: bits)
    }

    /// Six pairs of lower-case hexadecimal digits: `52:54:00:12:34:56`.
    package var description: String {
        octets.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined(separator: ":")
    }
}
