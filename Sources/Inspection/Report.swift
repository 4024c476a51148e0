/// What a command has to say: as text for people, and by its members for programs.
package protocol Report: Encodable, Sendable {
    /// False if something is wrong with what was looked at: exit status 1.
    var isHealthy: Bool { get }
    /// Lines for people, without a newline at the end.
    /// - Parameter isWide: with what is left out otherwise.
    func text(isWide: Bool) -> String
}

/// How a report is printed (`-o`).
package enum OutputFormat: String, Sendable, CaseIterable { case table, wide, json, yaml }
