import Logging

extension LogLine {
    /// `time level logger: message key=value …`, keys sorted, values quoted as in logfmt.
    func writeText(into text: inout String) {
        text += timestamp
        text += " \(level) \(logger): "
        Self.escape(message, quotes: false, into: &text)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            Self.writePair(key, value, into: &text)
        }
    }

    /// Dictionaries become one pair for each member, with the keys joined by a point.
    private static func writePair(_ key: String, _ value: Logger.MetadataValue, into text: inout String) {
        if case .dictionary(let members) = value {
            for (name, member) in members.sorted(by: { $0.key < $1.key }) {
                writePair("\(key).\(name)", member, into: &text)
            }
            return
        }
        text += " "
        for scalar in key.unicodeScalars {
            text.unicodeScalars.append(needsQuotes(scalar) ? "_" : scalar)
        }
        text += "="
        let word = word(of: value)
        if word.isEmpty || word.unicodeScalars.contains(where: needsQuotes) {
            text += "\""
            escape(word, quotes: true, into: &text)
            text += "\""
        } else {
            text += word
        }
    }

    /// Arrays are joined by commas.
    private static func word(of value: Logger.MetadataValue) -> String {
        switch value {
        case .string(let string): string
        case .stringConvertible(let value): "\(value)"
        case .array(let values): values.map(word).joined(separator: ",")
        case .dictionary: "\(value)"
        }
    }

    private static func needsQuotes(_ scalar: Unicode.Scalar) -> Bool {
        scalar == " " || scalar == "\"" || scalar == "=" || scalar == "\\" || isControl(scalar)
    }
}
