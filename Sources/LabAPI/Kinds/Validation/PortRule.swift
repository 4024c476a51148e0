import KubernetesObjects

/// What ports may look like.
enum PortRule {
    private static let rangeMessage = "must be between 1 and 65535, inclusive"

    static func numberProblems(_ value: JSONValue?, at place: String) -> [APIStatus.Cause] {
        let number = value?.intValue ?? 0
        return (1...65_535).contains(number) ? [] : [.invalid(place, value: "\(number)", rangeMessage)]
    }

    static func protocolProblems(_ text: String, at place: String) -> [APIStatus.Cause] {
        let known = ["SCTP", "TCP", "UDP"]
        if text.isEmpty { return [.required(place)] }
        return known.contains(text) ? [] : [.unsupported(place, value: quoted(text), supported: known)]
    }

    /// A number, or the name of a container's port.
    static func numberOrNameProblems(_ value: JSONValue?, at place: String) -> [APIStatus.Cause] {
        guard let name = value?.stringValue else { return numberProblems(value, at: place) }
        return nameProblems(name).map { .invalid(place, value: quoted(name), $0) }
    }

    /// `IsValidPortName` (an IANA service name, RFC 6335 5.1).
    static func nameProblems(_ name: String) -> [String] {
        var problems: [String] = []
        if name.utf8.count > 15 { problems.append("must be no more than 15 characters") }
        let isLetter = { (byte: UInt8) in (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        let isDigit = { (byte: UInt8) in (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        if !name.utf8.allSatisfy({ isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }) || name.isEmpty {
            problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        }
        if !name.utf8.contains(where: isLetter) { problems.append("must contain at least one letter (a-z)") }
        if name.contains("--") { problems.append("must not contain consecutive hyphens") }
        if name.hasPrefix("-") || name.hasSuffix("-") { problems.append("must not begin or end with a hyphen") }
        return problems
    }
}
