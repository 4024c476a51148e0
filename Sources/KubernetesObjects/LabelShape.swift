/// What labels may look like (`IsQualifiedName`, `IsValidLabelValue` of Kubernetes' validation).
package enum LabelShape {
    /// One side of the slash in a label's name: at most 253 letters, digits, `-`, `_` and `.`, the outer ones letters or
    /// digits.
    package static func isQualifiedPart(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 253 && hasValueShape(text)
    }

    /// A label's value: empty, or at most 63 such characters.
    package static func isValue(_ text: some StringProtocol) -> Bool {
        text.isEmpty || text.utf8.count <= 63 && hasValueShape(text)
    }

    private static func hasValueShape(_ text: some StringProtocol) -> Bool {
        let bytes = Array(text.utf8)
        guard let first = bytes.first, let last = bytes.last, isAlphanumeric(first), isAlphanumeric(last) else {
            return false
        }
        return bytes.allSatisfy { byte in
            isAlphanumeric(byte) || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: ".")
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: false
        }
    }
}
