/// Why a text is no YAML, and where.
package struct YAMLProblem: Error, Sendable, Hashable {
    package var position: YAMLPosition
    package var message: String

    package init(position: YAMLPosition, message: String) {
        self.position = position
        self.message = message
    }
}
