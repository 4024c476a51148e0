/// Four octets that tag a route (RFC 1997), written as two halves.
package struct Community: Sendable, Hashable, Comparable {
    /// Both halves, the administrator's AS above.
    package let bits: UInt32

    /// A community from its 32 bits.
    package init(bits: UInt32) { self.bits = bits }

    /// A community from its halves.
    package init(_ high: UInt16, _ low: UInt16) { bits = UInt32(high) << 16 | UInt32(low) }

    /// Asks routers to prefer other paths before this one goes (RFC 8326).
    package static let gracefulShutdown = Community(65535, 0)
    /// Keeps the route inside the receiver's AS (RFC 1997).
    package static let noExport = Community(65535, 65281)
    /// Keeps the route with the receiver (RFC 1997).
    package static let noAdvertise = Community(65535, 65282)

    package static func < (left: Community, right: Community) -> Bool { left.bits < right.bits }
}

extension Community: CustomStringConvertible {
    package var description: String { "\(bits >> 16):\(bits & 0xFFFF)" }
}

/// Three times four octets that tag a route (RFC 8092).
package struct LargeCommunity: Sendable, Hashable, Comparable {
    /// The AS that gives the other two their meaning.
    package let administrator: UInt32
    /// The first local part.
    package let first: UInt32
    /// The second local part.
    package let second: UInt32

    /// A large community from its parts.
    package init(_ administrator: UInt32, _ first: UInt32, _ second: UInt32) {
        self.administrator = administrator
        self.first = first
        self.second = second
    }

    package static func < (left: LargeCommunity, right: LargeCommunity) -> Bool {
        (left.administrator, left.first, left.second) < (right.administrator, right.first, right.second)
    }
}

extension LargeCommunity: CustomStringConvertible {
    package var description: String { "\(administrator):\(first):\(second)" }
}
