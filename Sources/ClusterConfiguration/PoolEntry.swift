package import Addresses

/// One entry of a pool's `spec.addresses`: a prefix or a range.
package enum PoolEntry {
    /// What is wrong with an entry, in words that say what would be right.
    package struct Problem: Error, Sendable, Hashable {
        package var message: String

        init(_ message: String) { self.message = message }
    }

    /// The addresses of an entry, all of them usable, first and last of a prefix included. Spaces around the entry and
    /// around the dash of a range do not matter.
    ///
    /// A prefix with host bits set is its whole network, as in MetalLB; `caution` says so.
    package static func range(_ text: String) throws(Problem) -> IPRange {
        let entry = trimmed(text)
        if entry.isEmpty { throw Problem("is empty: \(advice)") }
        if entry.contains("-") {
            return try range(between: entry.split(separator: "-", omittingEmptySubsequences: false))
        }
        if entry.contains("/") { return try prefix(entry) }
        if let address = IPAddress(String(entry)) {
            throw Problem("is a single address: write \(IPPrefix(host: address))")
        }
        throw Problem("is neither a prefix nor a range: \(advice)")
    }

    /// What is worth a word about a valid entry, or nil: who writes `10.0.0.17/24` may mean one address, and 256 are given
    /// away.
    package static func caution(_ text: String) -> String? {
        guard let prefix = IPPrefix(String(trimmed(text))), prefix.hasHostBits else { return nil }
        return "has host bits set and counts as the whole network: write \(prefix.network) for that, "
            + "\(IPPrefix(host: prefix.address)) for this address alone"
    }

    private static let advice = "write a prefix such as 192.0.2.0/24 or a range such as 192.0.2.10-192.0.2.20"

    private static func prefix(_ entry: Substring) throws(Problem) -> IPRange {
        let parts = entry.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        let address = try address(parts[0])
        guard let prefix = IPPrefix(String(entry))?.network else {
            throw Problem(
                "has no prefix length of \(address.family.rawValue), a number from 0 to \(address.family.bitWidth), "
                    + "after the slash")
        }
        return prefix.range
    }

    private static func range(between ends: [Substring]) throws(Problem) -> IPRange {
        guard ends.count == 2 else { throw Problem("has more than one dash: \(advice)") }
        let first = try address(trimmed(ends[0]))
        let last = try address(trimmed(ends[1]))
        if first.family != last.family {
            throw Problem(
                "mixes the families: it starts with \(first.family.rawValue) and ends with \(last.family.rawValue)")
        }
        guard let range = IPRange(first, last) else { throw Problem("ends before it starts: write \(last)-\(first)") }
        return range
    }

    private static func address(_ text: some StringProtocol) throws(Problem) -> IPAddress {
        guard let address = IPAddress(String(text)) else {
            throw Problem("holds \"\(text.abridged)\", which is no IP address")
        }
        if address.family == .ipv6, address.bits >> 32 == 0xFFFF {
            // Services have either family, never one inside the other.
            let v4 = IPAddress(v4: UInt32(truncatingIfNeeded: address.bits))
            throw Problem("holds an IPv4 address in IPv6 form: write \(v4)")
        }
        return address
    }

    private static func trimmed(_ text: some StringProtocol) -> Substring {
        Substring(text).drop { $0.isWhitespace }.reversedDrop { $0.isWhitespace }
    }
}

extension Substring {
    fileprivate func reversedDrop(while isDropped: (Character) -> Bool) -> Substring {
        var rest = self
        while let last = rest.last, isDropped(last) { rest.removeLast() }
        return rest
    }
}
