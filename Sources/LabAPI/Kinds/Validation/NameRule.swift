/// What names may look like, with Kubernetes' messages (`k8s.io/apimachinery/pkg/util/validation`).
enum NameRule: Sendable, Hashable {
    /// RFC 1035: starts with a letter. Services.
    case dns1035Label
    /// RFC 1123: Namespaces, containers, port names in slices.
    case dns1123Label
    /// RFC 1123 with dots: most kinds.
    case dns1123Subdomain
    /// Anything that is one component of a path: the kinds of RBAC.
    case pathSegment

    /// What is wrong with a name; empty if nothing is. For a `generateName` the trailing dash is no mistake.
    func problems(_ text: String, isPrefix: Bool = false) -> [String] {
        let name = isPrefix && text.last == "-" ? text.dropLast() + "a" : text[...]
        switch self {
        case .dns1035Label: return Self.label(name, startsWithLetter: true)
        case .dns1123Label: return Self.label(name, startsWithLetter: false)
        case .dns1123Subdomain: return Self.subdomain(name)
        case .pathSegment:
            var problems: [String] = []
            if name == "." || name == ".." { problems.append("may not be '\(name)'") }
            for mark in ["/", "%"] where name.contains(mark) { problems.append("may not contain '\(mark)'") }
            return problems
        }
    }

    private static func label(_ name: Substring, startsWithLetter: Bool) -> [String] {
        var problems: [String] = []
        if name.utf8.count > 63 { problems.append("must be no more than 63 characters") }
        if !isLabel(name, startsWithLetter: startsWithLetter) {
            problems.append(
                startsWithLetter
                    ? "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation is '[a-z]([-a-z0-9]*[a-z0-9])?')"
                    : "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character (e.g. 'my-name',  or '123-abc', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?')"
            )
        }
        return problems
    }

    private static func subdomain(_ name: Substring) -> [String] {
        var problems: [String] = []
        if name.utf8.count > 253 { problems.append("must be no more than 253 characters") }
        let labels = name.split(separator: ".", omittingEmptySubsequences: false)
        if !labels.allSatisfy({ isLabel($0, startsWithLetter: false) }) {
            problems.append(
                "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character (e.g. 'example.com', regex used for validation is '[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"
            )
        }
        return problems
    }

    private static func isLabel(_ name: Substring, startsWithLetter: Bool) -> Bool {
        let bytes = Array(name.utf8)
        guard let first = bytes.first, let last = bytes.last else { return false }
        func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) }
        func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
        guard isLetter(first) || !startsWithLetter && isDigit(first), isLetter(last) || isDigit(last) else {
            return false
        }
        return bytes.allSatisfy { isLetter($0) || isDigit($0) || $0 == UInt8(ascii: "-") }
    }
}
