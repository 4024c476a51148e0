/// A file that may hold `metallb.io` resources or a legacy configuration, read but not looked at.
package struct ConfigurationFile: Sendable, Hashable {
    /// As the user named it.
    package var name: String
    package var text: String

    package init(name: String, text: String) {
        self.name = name
        self.text = text
    }
}

/// Something in a file that is wrong, or that a warning is due about.
package struct FileProblem: Sendable, Hashable, Encodable {
    package var file: String
    /// From 1.
    package var line: Int
    /// `IPAddressPool lan`; empty where it is about no object.
    package var object: String
    /// `spec.addresses[1]`; empty where it is about no field.
    package var field: String
    package var message: String
    package var isWarning: Bool

    package init(
        file: String, line: Int, object: String = "", field: String = "", message: String, isWarning: Bool = false
    ) {
        self.file = file
        self.line = line
        self.object = object
        self.field = field
        self.message = message
        self.isWarning = isWarning
    }
}

extension FileProblem: CustomStringConvertible {
    /// `pools.yaml:7: IPAddressPool lan spec.addresses[1]: "10.0.0.1/24" has …`, as compilers do.
    package var description: String {
        let subject = [object, field].filter { !$0.isEmpty }.joined(separator: " ")
        return "\(file):\(line): \(isWarning ? "warning: " : "")"
            + (subject.isEmpty ? message : "\(subject): \(message)")
    }
}
