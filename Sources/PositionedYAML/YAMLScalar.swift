/// A scalar of YAML: its text, and what the text means where it is not in quotes.
///
/// The meaning is that of Kubernetes' own reader: the words of YAML 1.1 for truth, decimal and prefixed integers, no
/// sexagesimal numbers, so that `64512:10` is a text.
package struct YAMLScalar: Sendable, Hashable {
    package var text: String
    package var style: Style

    package init(text: String, style: Style) {
        self.text = text
        self.style = style
    }

    /// How the text is written.
    package enum Style: Sendable, Hashable {
        /// Without quotes, so that it may be a number, a truth value or nothing.
        case plain
        case quoted
        /// A block after `|`: every line of the text is a line of the document.
        case literal
        /// A block after `>`.
        case folded
    }

    /// True if the text stands without quotes.
    package var isPlain: Bool { style == .plain }

    /// True for `~`, `null` and nothing at all.
    package var isNull: Bool { isPlain && ["", "~", "null", "Null", "NULL"].contains(text) }

    /// The truth value, if it is one.
    package var bool: Bool? {
        guard isPlain else { return nil }
        switch text {
        case "true", "True", "TRUE", "yes", "Yes", "YES", "on", "On", "ON", "y", "Y": return true
        case "false", "False", "FALSE", "no", "No", "NO", "off", "Off", "OFF", "n", "N": return false
        default: return nil
        }
    }

    /// The integer, if it is one that fits 64 bits.
    package var int: Int? {
        guard isPlain, let first = text.utf8.first else { return nil }
        let isSigned = first == UInt8(ascii: "-") || first == UInt8(ascii: "+")
        let digits = (isSigned ? text.dropFirst() : text[...]).filter { $0 != "_" }
        guard digits.utf8.first.map({ (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }) == true else {
            return nil
        }
        let sign = first == UInt8(ascii: "-") ? "-" : ""
        for (prefix, radix) in [("0x", 16), ("0b", 2), ("0o", 8)] where digits.hasPrefix(prefix) {
            return Int(sign + digits.dropFirst(2), radix: radix)
        }
        // A leading zero is YAML 1.1 for octal.
        return digits.count > 1 && digits.hasPrefix("0") ? Int(sign + digits, radix: 8) : Int(sign + digits)
    }

    /// The number, if it is one.
    package var double: Double? {
        guard isPlain, let first = text.utf8.first,
            (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) || "+-.".utf8.contains(first)
        else { return nil }
        return int.map(Double.init) ?? Double(text)
    }

    /// True if it is a text for a reader that tells types apart: in quotes, or nothing else.
    package var isString: Bool { !isPlain || (!isNull && bool == nil && int == nil && double == nil) }
}
