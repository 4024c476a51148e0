/// Something that is wrong in the legacy configuration, and where.
package struct LegacyProblem: Sendable, Hashable {
    /// The line in the text, from 1.
    package var line: Int
    /// The column in the line, from 1, in Unicode scalars.
    package var column: Int
    /// The path of the value, `address-pools[0].addresses[1]`; empty for the text as a whole.
    package var path: String
    /// What is wrong, without path.
    package var message: String

    package init(line: Int, column: Int, path: String, message: String) {
        self.line = line
        self.column = column
        self.path = path
        self.message = message
    }
}

extension LegacyProblem: CustomStringConvertible {
    /// `12:7: address-pools[0].addresses[1]: "x" is …`
    package var description: String { "\(line):\(column): " + (path.isEmpty ? message : "\(path): \(message)") }
}

/// Why a text is no legacy configuration: everything that is wrong, in the order of the text.
package struct InvalidLegacyConfiguration: Error, Sendable, Hashable {
    /// Not empty.
    package var problems: [LegacyProblem]

    package init(problems: [LegacyProblem]) { self.problems = problems }
}

extension InvalidLegacyConfiguration: CustomStringConvertible {
    /// One problem a line.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
