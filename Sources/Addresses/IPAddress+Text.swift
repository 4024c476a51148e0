extension IPAddress: LosslessStringConvertible {
    /// An address from its text, or nil. As strict as Kubernetes' own parser: four decimal octets without leading zeros,
    /// or the forms of RFC 4291 2.2 (with `::` and with a dotted quad at the end), no zone, no spaces.
    package init?(_ text: String) {
        let characters = Array(text.utf8)
        if characters.contains(UInt8(ascii: ":")) {
            guard let bits = Self.parseV6(characters[...]) else { return nil }
            self.init(v6: bits)
        } else {
            guard let bits = Self.parseV4(characters[...]) else { return nil }
            self.init(v4: bits)
        }
    }

    /// The canonical text: dotted quad, or RFC 5952 (lower case, longest run of zeros as `::`).
    package var description: String {
        switch family {
        case .ipv4: octets.map(String.init).joined(separator: ".")
        case .ipv6: describeV6()
        }
    }

    private static func parseV4(_ text: ArraySlice<UInt8>) -> UInt32? {
        let parts = text.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.first != UInt8(ascii: "0") || part.count == 1 else { return nil }
            var octet: UInt32 = 0
            for character in part {
                guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(character) else { return nil }
                octet = octet * 10 + UInt32(character - UInt8(ascii: "0"))
            }
            guard octet <= 255 else { return nil }
            bits = bits << 8 | octet
        }
        return bits
    }

    private static func parseV6(_ text: ArraySlice<UInt8>) -> UInt128? {
        let colon = UInt8(ascii: ":")
        // At most one "::"; it splits the text in a head and a tail of groups.
        var gap: Int?
        for index in text.indices.dropLast() where text[index] == colon && text[index + 1] == colon {
            guard gap == nil else { return nil }
            gap = index
        }
        guard let gap else {
            guard let groups = groups(text), groups.count == 8 else { return nil }
            return combine(groups)
        }
        guard let head = groups(text[..<gap], mayEndInV4: false), let tail = groups(text[(gap + 2)...]),
            head.count + tail.count <= 7
        else { return nil }
        return combine(head + Array(repeating: 0, count: 8 - head.count - tail.count) + tail)
    }

    /// The 16-bit groups of a text without `::`; a dotted quad at its end counts as two.
    private static func groups(_ text: ArraySlice<UInt8>, mayEndInV4: Bool = true) -> [UInt16]? {
        if text.isEmpty { return [] }
        let parts = text.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        var groups: [UInt16] = []
        for (position, part) in parts.enumerated() {
            if mayEndInV4, position == parts.count - 1, part.contains(UInt8(ascii: ".")) {
                guard let quad = parseV4(part) else { return nil }
                groups += [UInt16(quad >> 16), UInt16(truncatingIfNeeded: quad)]
            } else {
                guard (1...4).contains(part.count), let group = UInt16(hex: part) else { return nil }
                groups.append(group)
            }
        }
        return groups
    }

    private static func combine(_ groups: [UInt16]) -> UInt128 { groups.reduce(0) { $0 << 16 | UInt128($1) } }

    private func describeV6() -> String {
        let groups = stride(from: 112, through: 0, by: -16).map { UInt16(truncatingIfNeeded: bits >> UInt128($0)) }
        if bits >> 32 == 0xFFFF {  // RFC 5952 5: an IPv4-mapped address keeps its dotted quad.
            return "::ffff:" + IPAddress(v4: UInt32(truncatingIfNeeded: bits)).description
        }
        // The longest run of two or more zero groups, the first of equals.
        var longest = 0..<0
        var start = 0
        while start < 8 {
            var end = start
            while end < 8 && groups[end] == 0 { end += 1 }
            if end - start >= 2 && end - start > longest.count { longest = start..<end }
            start = max(end, start + 1)
        }
        let text = { (part: ArraySlice<UInt16>) in part.map { String($0, radix: 16) }.joined(separator: ":") }
        return longest.isEmpty
            ? text(groups[...]) : text(groups[..<longest.lowerBound]) + "::" + text(groups[longest.upperBound...])
    }
}

extension UInt16 {
    /// A number from hexadecimal digits, nothing else: no sign, no prefix.
    fileprivate init?(hex digits: some Collection<UInt8>) {
        var value: UInt16 = 0
        for digit in digits {
            guard let nibble = MACAddress.nibble(digit) else { return nil }
            value = value << 4 | UInt16(nibble)
        }
        self = value
    }
}
