import FoundationEssentials
import Logging

/// One log statement with everything that is known about it, ready to be written in either format.
struct LogLine {
    var time: Date
    var level: Logger.Level
    var logger: String
    var message: String
    var metadata: Logger.Metadata

    /// The line with its line feed. Whatever the values hold, it is one line: control characters are escaped, so that
    /// no value can forge a line or move a terminal's cursor.
    func bytes(as format: LogFormat) -> [UInt8] {
        var text = ""
        switch format {
        case .text: writeText(into: &text)
        case .json: writeJSON(into: &text)
        }
        text += "\n"
        return Array(text.utf8)
    }

    /// RFC 3339 in UTC with milliseconds.
    var timestamp: String {
        time.formatted(Date.ISO8601FormatStyle(includingFractionalSeconds: true))
    }

    /// A string without what could break out of a line or out of double quotes (RFC 8259 section 7; DEL and the C1
    /// controls as well, since terminals obey them).
    static func escape(_ string: String, quotes: Bool, into text: inout String) {
        for scalar in string.unicodeScalars {
            switch scalar {
            case "\"" where quotes: text += "\\\""
            case "\\" where quotes: text += "\\\\"
            case "\n": text += "\\n"
            case "\r": text += "\\r"
            case "\t": text += "\\t"
            case _ where isControl(scalar):
                let digits = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
            default: text.unicodeScalars.append(scalar)
            }
        }
    }

    static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    }
}
