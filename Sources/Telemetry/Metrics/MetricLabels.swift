/// The labels of one series as they stand between the braces of an exposition: names sorted, values escaped. The text
/// is both the series' identity and what is written, so that ten thousand series cost one string each.
struct MetricLabels: Sendable, Hashable {
    let text: String

    /// No labels.
    static let none = MetricLabels(text: "")

    private init(text: String) {
        self.text = text
    }

    /// Nil when two labels have the same name after it was made valid, or when one has the name `le` that a histogram
    /// needs for itself.
    init?(_ dimensions: [(String, String)], kind: MetricDefinition.Kind) {
        let labels = dimensions.map { (name: MetricName.sanitizedLabel($0.0), value: $0.1) }
            .sorted { $0.name < $1.name }
        guard zip(labels, labels.dropFirst()).allSatisfy({ $0.name != $1.name }) else { return nil }
        guard kind != .histogram || !labels.contains(where: { $0.name == "le" }) else { return nil }
        var text = ""
        for label in labels {
            if !text.isEmpty { text += "," }
            text += label.name
            text += "=\""
            Self.escape(label.value, into: &text)
            text += "\""
        }
        self.text = text
    }

    /// Backslash, quote and line feed are escaped; everything else is UTF-8 as it is (both formats).
    private static func escape(_ value: String, into text: inout String) {
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
    }
}
