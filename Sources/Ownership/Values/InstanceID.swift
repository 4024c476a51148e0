/// The identity of one run of a speaker process: 64 random bits, never 0.
package struct InstanceID: Sendable, Hashable {
    /// The bits as they stand in a datagram.
    package let bits: UInt64

    /// An identity from its bits, or nil for 0, which names nobody.
    package init?(bits: UInt64) {
        guard bits != 0 else { return nil }
        self.bits = bits
    }

    /// A new identity.
    init(using random: inout some RandomNumberGenerator) {
        bits = UInt64.random(in: 1 ... .max, using: &random)
    }
}

extension InstanceID: Comparable {
    package static func < (left: InstanceID, right: InstanceID) -> Bool { left.bits < right.bits }
}

extension InstanceID: CustomStringConvertible {
    /// Hexadecimal digits.
    package var description: String { String(bits, radix: 16) }
}
