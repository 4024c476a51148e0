/// The rules for names of metrics and labels (Prometheus data model, also valid for OpenMetrics 1.0).
enum MetricName {
    /// Whether `name` is `[a-zA-Z_:][a-zA-Z0-9_:]*`.
    static func isValid(_ name: String) -> Bool {
        guard let first = name.utf8.first, !isDigit(first) else { return false }
        return name.utf8.allSatisfy { isNameByte($0) || $0 == UInt8(ascii: ":") }
    }

    /// A metric name that libraries chose for another system (`hb.requests`), made valid: other bytes become `_`.
    static func sanitized(_ name: String) -> String {
        isValid(name) ? name : replacing(in: name, colonIsValid: true)
    }

    /// A label name made valid: `[a-zA-Z_][a-zA-Z0-9_]*`.
    static func sanitizedLabel(_ name: String) -> String {
        guard let first = name.utf8.first, !isDigit(first), name.utf8.allSatisfy(isNameByte) else {
            return replacing(in: name, colonIsValid: false)
        }
        return name
    }

    private static func replacing(in name: String, colonIsValid: Bool) -> String {
        var result = ""
        for byte in name.utf8 {
            if result.isEmpty, isDigit(byte) { result.append("_") }
            let isKept = isNameByte(byte) || (colonIsValid && byte == UInt8(ascii: ":"))
            result.unicodeScalars.append(isKept ? UnicodeScalar(byte) : "_")
        }
        return result.isEmpty ? "_" : result
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        isDigit(byte) || byte == UInt8(ascii: "_")
            || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }
}
