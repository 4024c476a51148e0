import Yams

/// Writes values as YAML.
package enum YAMLText {
    /// One document without `---`, the same for the same value: keys are sorted. Texts that read as something else are put
    /// in quotes.
    package static func encode(_ value: some Encodable) throws -> String {
        let encoder = YAMLEncoder()
        encoder.options.width = -1
        encoder.options.sortKeys = true
        return try encoder.encode(value)
    }
}
