/// A BGP community: a tag that routers act upon.
package enum BGPCommunity: Sendable, Hashable, Comparable {
    /// Four octets, written as two halves (RFC 1997).
    case standard(UInt16, UInt16)
    /// Three times four octets (RFC 8092).
    case large(UInt32, UInt32, UInt32)

    /// A community from `64512:100` or `large:64512:1:2`, else nil.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        if parts.count == 2, let high = Self.number(parts[0], UInt16.self), let low = Self.number(parts[1], UInt16.self)
        {
            self = .standard(high, low)
        } else if parts.count == 4, parts[0] == "large", let administrator = Self.number(parts[1], UInt32.self),
            let first = Self.number(parts[2], UInt32.self), let second = Self.number(parts[3], UInt32.self)
        {
            self = .large(administrator, first, second)
        } else {
            return nil
        }
    }

    /// A number from digits alone.
    private static func number<Number: FixedWidthInteger>(_ text: Substring, _: Number.Type) -> Number? {
        text.utf8.allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) } ? Number(text) : nil
    }

    /// In the order in which routes carry them: by number, the large ones last.
    package static func < (left: BGPCommunity, right: BGPCommunity) -> Bool {
        switch (left, right) {
        case (.standard(let a, let b), .standard(let c, let d)): (a, b) < (c, d)
        case (.large(let a, let b, let c), .large(let d, let e, let f)): (a, b, c) < (d, e, f)
        case (.standard, .large): true
        case (.large, .standard): false
        }
    }
}

extension BGPCommunity: CustomStringConvertible {
    /// As it is written in resources.
    package var description: String {
        switch self {
        case .standard(let high, let low): "\(high):\(low)"
        case .large(let administrator, let first, let second): "large:\(administrator):\(first):\(second)"
        }
    }
}
