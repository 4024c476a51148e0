package import KubernetesObjects

/// A JSON merge patch (RFC 7386).
package enum MergePatch {
    /// The document with the patch's members in it; null removes, everything that is no object replaces.
    package static func apply(_ patch: JSONValue, to document: JSONValue?) -> JSONValue {
        guard case .object(let changes) = patch else { return patch }
        var members = document?.objectValue ?? [:]
        for (key, value) in changes {
            // "nil" would be JSON's null here.
            members[key] = value == .null ? .none : apply(value, to: members[key])
        }
        return .object(members)
    }
}
