package import KubernetesObjects

/// Something that is wrong with one field of one resource, or that a warning is due about.
package struct ConfigurationProblem: Sendable, Hashable {
    /// The kind of the object, `IPAddressPool`.
    package var kind: String
    /// The object's name.
    package var object: ObjectKey
    /// The field's path, `spec.addresses[1]`.
    package var field: String
    /// What stands there, or nil if nothing does or if it is too long to repeat or secret.
    package var value: String?
    /// What is wrong with it, without field and value, in words that also say what would be right.
    package var message: String
    /// True if the field refers to another object that may yet come, so that a new object can make it right.
    package var isTransient: Bool

    package init(
        kind: String, object: ObjectKey, field: String, value: String? = nil, message: String,
        isTransient: Bool = false
    ) {
        self.kind = kind
        self.object = object
        self.field = field
        self.value = value
        self.message = message
        self.isTransient = isTransient
    }

    /// Field, value and message, for where the object is named anyway: `spec.addresses[1]: "10.0.0.1/24" has …`.
    package var detail: String {
        value.map { "\(field): \"\($0)\" \(message)" } ?? "\(field): \(message)"
    }
}

extension ConfigurationProblem: CustomStringConvertible {
    /// One line: `IPAddressPool lan: spec.addresses[1]: "10.0.0.1/24" has …`.
    package var description: String { "\(kind) \(object.name): \(detail)" }
}

/// Why resources do not make a configuration: everything that is wrong, never only the first thing.
package struct InvalidConfiguration: Error, Sendable, Hashable {
    /// Not empty; in order of kind, then name.
    package var problems: [ConfigurationProblem]

    package init(problems: [ConfigurationProblem]) { self.problems = problems }

    /// True if all that is missing is objects that may yet come.
    package var isTransient: Bool { problems.allSatisfy(\.isTransient) }
}

extension InvalidConfiguration: CustomStringConvertible {
    /// One problem a line, as `ConfigurationState.status.errorSummary` has it.
    package var description: String { problems.map(\.description).joined(separator: "\n") }
}
