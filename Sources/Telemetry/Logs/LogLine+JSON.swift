import Logging

extension LogLine {
    /// `{"ts":…,"level":…,"logger":…,"msg":…}` with the metadata as further members, sorted. Metadata that has one of
    /// the four names gets the prefix `metadata.`, since a member that comes twice is lost in most readers.
    func writeJSON(into text: inout String) {
        text += "{\"ts\":\"\(timestamp)\",\"level\":\"\(level)\",\"logger\":"
        Self.writeString(logger, into: &text)
        text += ",\"msg\":"
        Self.writeString(message, into: &text)
        for (key, value) in metadata.sorted(by: { $0.key < $1.key }) {
            text += ","
            Self.writeString(Self.ownMembers.contains(key) ? "metadata." + key : key, into: &text)
            text += ":"
            Self.write(value, into: &text)
        }
        text += "}"
    }

    private static let ownMembers: Set<String> = ["ts", "level", "logger", "msg"]

    private static func write(_ value: Logger.MetadataValue, into text: inout String) {
        switch value {
        case .string(let string): writeString(string, into: &text)
        case .stringConvertible(let value): writeScalar(value, into: &text)
        case .array(let values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                write(value, into: &text)
            }
            text += "]"
        case .dictionary(let members):
            text += "{"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { text += "," }
                writeString(member.key, into: &text)
                text += ":"
                write(member.value, into: &text)
            }
            text += "}"
        }
    }

    /// Numbers and Booleans stay what they are; JSON has no infinite numbers and no NaN, they become strings.
    private static func writeScalar(_ value: any CustomStringConvertible, into text: inout String) {
        switch value {
        case let value as Bool: text += value ? "true" : "false"
        case let value as any BinaryInteger: text += "\(value)"
        case let value as Double where value.isFinite: text += "\(value)"
        default: writeString("\(value)", into: &text)
        }
    }

    private static func writeString(_ string: String, into text: inout String) {
        text += "\""
        escape(string, quotes: true, into: &text)
        text += "\""
    }
}
