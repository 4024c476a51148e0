/// A schema's `pattern`: it may match anywhere in a text.
struct SchemaPattern {
    private let regex: Regex<AnyRegexOutput>

    /// Nil for what is no regular expression.
    init?(_ text: String) {
        guard let regex = try? Regex(text) else { return nil }
        // Go counts code points, not what people see as characters.
        self.regex = regex.matchingSemantics(.unicodeScalar)
    }

    func matches(_ text: String) -> Bool { (try? regex.firstMatch(in: text)) != nil }
}
