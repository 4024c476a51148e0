import Addresses

/// The usable addresses of a range, numbered from 0 without gaps.
///
/// With `avoidBuggyIPs` the IPv4 addresses that end in .0 and .255 have no number, so that whatever searches by number
/// never meets them and never has to skip.
struct AddressSpace: Sendable, Hashable {
    let range: IPRange
    let avoidsBuggy: Bool
    /// The number of usable addresses, saturating.
    let count: UInt128
    /// The rank of the first usable address among all of the family.
    private let base: UInt128

    init(_ range: IPRange, avoidBuggyIPs: Bool) {
        self.range = range
        avoidsBuggy = avoidBuggyIPs && range.family == .ipv4
        guard avoidsBuggy else {
            base = range.lower
            count = range.count
            return
        }
        // The first usable address at or above the lower end, the last at or below the upper one.
        let lower = range.lower & 0xFF == 0 ? range.lower + 1 : range.lower
        let first = lower & 0xFF == 0xFF ? lower + 2 : lower
        let upper = range.upper & 0xFF == 0xFF ? range.upper - 1 : range.upper
        // Also where the range begins at 0.0.0.0, which is not usable.
        let last = upper & 0xFF == 0 ? (upper >= 2 ? upper - 2 : 0) : upper
        base = Self.rank(first)
        count = first <= last && last != 0 ? Self.rank(last) - base + 1 : 0
    }

    /// The number of an address, or nil if it is not in the range or not usable.
    func number(of address: IPAddress) -> UInt128? {
        guard range.contains(address) else { return nil }
        guard avoidsBuggy else { return address.bits - base }
        return Self.isBuggy(address) ? nil : Self.rank(address.bits) - base
    }

    /// The address with a number below `count`.
    func address(_ number: UInt128) -> IPAddress? {
        let rank = base + number
        return IPAddress(family: range.family, bits: avoidsBuggy ? (rank / 254) << 8 | (rank % 254 + 1) : rank)
    }

    /// True for IPv4 addresses that end in .0 or .255, which some devices take for network and broadcast addresses.
    static func isBuggy(_ address: IPAddress) -> Bool {
        address.family == .ipv4 && (address.bits & 0xFF == 0 || address.bits & 0xFF == 0xFF)
    }

    /// How many usable IPv4 addresses lie below a usable one: 254 in each /24.
    private static func rank(_ bits: UInt128) -> UInt128 { (bits >> 8) * 254 + (bits & 0xFF) - 1 }
}
