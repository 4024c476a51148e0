import Addresses

/// The formats that structural schemas may name and that are checked (`supportedFormats` of apiextensions).
enum SchemaFormat {
    /// True for text of the format, and for formats that nobody knows.
    static func holds(_ format: String, _ text: String) -> Bool {
        switch format {
        case "ipv4": IPAddress(text)?.family == .ipv4
        case "ipv6": IPAddress(text)?.family == .ipv6
        case "cidr": IPPrefix(text) != nil
        case "mac": MACAddress(text) != nil
        case "date-time", "datetime": Timestamp(text) != nil
        case "date": Timestamp("\(text)T00:00:00Z") != nil
        case "byte": Base64.firstMistake(in: text) == nil
        case "uuid", "uuid3", "uuid4", "uuid5": isUUID(text)
        case "hostname": isHostname(text)
        case "uri": text.contains(":") && !text.contains(where: \.isWhitespace)
        case "email": text.split(separator: "@", omittingEmptySubsequences: false).count { !$0.isEmpty } == 2
        case "duration": isDuration(text)
        default: true
        }
    }

    private static func isUUID(_ text: String) -> Bool {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        return parts.map(\.utf8.count) == [8, 4, 4, 4, 12] && parts.allSatisfy { $0.allSatisfy(\.isHexDigit) }
    }

    private static func isHostname(_ text: String) -> Bool {
        NameRule.dns1123Subdomain.problems(text.lowercased()).isEmpty
    }

    /// Go's durations: `300ms`, `-1.5h`, `2h45m`.
    private static func isDuration(_ text: String) -> Bool {
        var rest = text[...]
        if rest.first == "-" || rest.first == "+" { rest = rest.dropFirst() }
        if rest == "0" { return true }
        if rest.isEmpty { return false }
        while !rest.isEmpty {
            let number = rest.prefix { $0.isNumber || $0 == "." }
            rest = rest.dropFirst(number.count)
            let unit = rest.prefix { !$0.isNumber && $0 != "." }
            rest = rest.dropFirst(unit.count)
            guard Double(number) != nil, ["ns", "us", "µs", "μs", "ms", "s", "m", "h"].contains(unit) else {
                return false
            }
        }
        return true
    }
}
