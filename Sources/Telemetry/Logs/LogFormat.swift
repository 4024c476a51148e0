/// The value of `--log-format`.
package enum LogFormat: String, Sendable, Hashable, CaseIterable {
    /// One line for people: `2026-11-24T03:00:00.000Z notice toono-speaker: message key=value`.
    case text
    /// One JSON object a line, for collectors.
    case json

    /// Reads the flag; nil for another word. (The shape that swift-argument-parser asks for.)
    package init?(argument: String) {
        self.init(rawValue: argument)
    }
}
