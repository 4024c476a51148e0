/// The rules for keys and values of labels (Kubernetes, `IsQualifiedName` and `IsValidLabelValue`).
enum LabelSyntax {
    /// What is wrong with the key of a label, or nil.
    static func problem(ofKey key: String) -> String? {
        let parts = key.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let name = parts.last else {
            return "is no label key: it has more than one slash"
        }
        if parts.count == 2, !isDNSSubdomain(parts[0]) {
            return "is no label key: the part before the slash is no DNS name in lower case"
        }
        return (1...63).contains(name.utf8.count) && isWord(name)
            ? nil : "is no label key: a name has 1 to 63 letters, digits, '-', '_', '.', the first and last no sign"
    }

    /// What is wrong with the value of a label, or nil.
    static func problem(ofValue value: String) -> String? {
        value.isEmpty || (value.utf8.count <= 63 && isWord(value[...]))
            ? nil : "is no label value: it has at most 63 letters, digits, '-', '_', '.', the first and last no sign"
    }

    /// True for the name of an object such as a namespace: a DNS label in lower case (RFC 1123).
    static func isDNSLabel(_ text: String) -> Bool {
        let bytes = text.utf8
        guard (1...63).contains(bytes.count), bytes.first != UInt8(ascii: "-"), bytes.last != UInt8(ascii: "-")
        else { return false }
        return bytes.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
    }

    private static func isDNSSubdomain(_ text: Substring) -> Bool {
        text.utf8.count <= 253
            && text.split(separator: ".", omittingEmptySubsequences: false).allSatisfy {
                $0.utf8.first.map(isLowerOrDigit) == true && $0.utf8.last.map(isLowerOrDigit) == true
                    && $0.utf8.allSatisfy { isLowerOrDigit($0) || $0 == UInt8(ascii: "-") }
            }
    }

    private static func isWord(_ text: Substring) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last, isLetterOrDigit(first), isLetterOrDigit(last)
        else { return false }
        return text.utf8.allSatisfy { isLetterOrDigit($0) || "-_.".utf8.contains($0) }
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isLetterOrDigit(_ byte: UInt8) -> Bool {
        isLowerOrDigit(byte) || (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }
}
