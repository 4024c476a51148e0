extension StringProtocol {
    /// The text as a message can repeat it: one line, and cut where a slip or an attacker made it long.
    package var abridged: String {
        let limit = 100
        let start = unicodeScalars.prefix(limit + 1)
        var line = String.UnicodeScalarView()
        for scalar in start.prefix(limit) {
            line.append(scalar.properties.generalCategory == .control ? " " : scalar)
        }
        return String(line) + (start.count > limit ? "…" : "")
    }
}
