package import KubernetesObjects

/// A strategic merge patch: a merge patch that knows the kind's shape, so that lists merge by key, with directives in
/// members that start with `$` (`k8s.io/apimachinery/pkg/util/strategicpatch`).
package enum StrategicMergePatch {
    /// What is wrong with a patch, in Kubernetes' words.
    package struct Failure: Error, Hashable {
        package var message: String
    }

    static let directive = "$patch"
    static let retainKeys = "$retainKeys"
    static let elementOrder = "$setElementOrder/"
    static let deletions = "$deleteFromPrimitiveList/"

    package static func apply(
        _ patch: JSONValue, to document: JSONValue, schema: FieldSchema
    ) throws(Failure) -> JSONValue {
        guard let changes = patch.objectValue else {
            throw Failure(message: "cannot restore slice from map")
        }
        return .object(try merge(changes, into: document.objectValue ?? [:], schema))
    }

    static func merge(
        _ patch: [String: JSONValue], into document: [String: JSONValue], _ schema: FieldSchema
    ) throws(Failure) -> [String: JSONValue] {
        var patch = patch
        var members = document
        switch patch.removeValue(forKey: directive)?.stringValue {
        case nil, "merge": break
        case "replace": return patch
        case "delete": return [:]
        case let other?: throw Failure(message: "unknown patch type found: \(other)")
        }
        try applyRetainedKeys(&members, &patch)
        try applyElementOrders(&members, &patch, schema)
        for (key, value) in patch {
            if key.hasPrefix(deletions) {
                let name = String(key.dropFirst(deletions.count))
                guard let gone = value.arrayValue else {
                    throw Failure(message: "invalid value for \(key): must be a list")
                }
                if let elements = members[name]?.arrayValue {
                    members[name] = .array(elements.filter { !gone.contains($0) })
                }
            } else if value == .null {
                members[key] = nil
            } else {
                members[key] = try merged(value, with: members[key], schema.member(key))
            }
        }
        return members
    }

    private static func merged(
        _ value: JSONValue, with old: JSONValue?, _ schema: FieldSchema
    ) throws(Failure) -> JSONValue {
        switch (old, value) {
        case (.object(let members), .object(let changes)): .object(try merge(changes, into: members, schema))
        case (.array(let elements), .array(let changes)): .array(try mergeList(changes, into: elements, schema))
        default: withoutDirectives(value)
        }
    }

    /// `$retainKeys`: what the document has beyond these keys goes.
    private static func applyRetainedKeys(
        _ members: inout [String: JSONValue], _ patch: inout [String: JSONValue]
    ) throws(Failure) {
        guard let list = patch.removeValue(forKey: retainKeys) else { return }
        guard let names = list.arrayValue else {
            throw Failure(message: "invalid value for \(retainKeys): must be a list")
        }
        let kept = Set(names.compactMap(\.stringValue))
        for (key, value) in patch where value != .null && !key.hasPrefix("$") && !kept.contains(key) {
            throw Failure(message: "\(retainKeys) list doesn't contain key \(key)")
        }
        members = members.filter { kept.contains($0.key) }
    }

    /// What a value that meets nothing in the document leaves there: members without directives, elements that are no
    /// directives, no nulls.
    static func withoutDirectives(_ value: JSONValue) -> JSONValue {
        switch value {
        case .object(let members):
            let isReplacement = members[directive]?.stringValue == "replace"
            var kept: [String: JSONValue] = [:]
            for (key, member) in members where !isDirective(key) {
                if member != .null || isReplacement { kept[key] = withoutDirectives(member) }
            }
            return .object(kept)
        case .array(let elements):
            return .array(elements.filter { $0[directive] == nil }.map(withoutDirectives))
        case .null, .bool, .int, .double, .string: return value
        }
    }

    private static func isDirective(_ key: String) -> Bool {
        key == directive || key == retainKeys || key.hasPrefix(elementOrder) || key.hasPrefix(deletions)
    }
}

extension FieldSchema {
    /// The shape of a member; anything for one that the schema does not name.
    func member(_ name: String) -> FieldSchema {
        switch self {
        case .structure(let structure): structure.fields[name] ?? .any
        case .map(let value, _): value
        case .scalar, .list, .any: .any
        }
    }
}
