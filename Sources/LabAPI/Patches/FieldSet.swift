package import KubernetesObjects

/// A set of paths to fields, as a tree (`fieldpath.Set`): what somebody owns, what a change touched.
package struct FieldSet: Sendable, Hashable {
    /// Steps that end a path of the set here.
    package var members: Set<FieldPathElement> = []
    /// What goes on below a step; never holds an empty set.
    package var children: [FieldPathElement: FieldSet] = [:]

    package init() {}

    /// The set of one path.
    package init(_ path: [FieldPathElement]) { insert(path[...]) }

    package var isEmpty: Bool { members.isEmpty && children.isEmpty }

    package mutating func insert(_ path: ArraySlice<FieldPathElement>) {
        guard let first = path.first else { return }
        if path.count == 1 {
            members.insert(first)
        } else {
            children[first, default: FieldSet()].insert(path.dropFirst())
        }
    }

    package func union(_ other: FieldSet) -> FieldSet {
        var result = self
        result.members.formUnion(other.members)
        result.children.merge(other.children) { $0.union($1) }
        return result
    }

    package func intersection(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.intersection(other.members)
        for (step, child) in children {
            guard let common = other.children[step]?.intersection(child), !common.isEmpty else { continue }
            result.children[step] = common
        }
        return result
    }

    /// The paths that are not in the other set.
    package func subtracting(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.subtracting(other.members)
        for (step, child) in children {
            let rest = other.children[step].map(child.subtracting) ?? child
            if !rest.isEmpty { result.children[step] = rest }
        }
        return result
    }

    /// The paths that are neither in the other set nor below one of its paths.
    package func subtractingSubtrees(_ other: FieldSet) -> FieldSet {
        var result = FieldSet()
        result.members = members.subtracting(other.members)
        for (step, child) in children where !other.members.contains(step) {
            let rest = other.children[step].map(child.subtractingSubtrees) ?? child
            if !rest.isEmpty { result.children[step] = rest }
        }
        return result
    }

    /// With every field of a structure on the way to a path as a path of its own, so that a structure goes when all of
    /// its fields go (`EnsureNamedFieldsAreMembers`).
    package func withNamedFields(_ schema: FieldSchema) -> FieldSet {
        var result = FieldSet()
        result.members = members
        for (step, child) in children {
            if case .structure(let structure) = schema, case .field(let name) = step, structure.fields[name] != nil {
                result.members.insert(step)
            }
            result.children[step] = child.withNamedFields(schema.descending(step))
        }
        return result
    }

    /// Every path, for messages, in order.
    package var paths: [String] {
        let own = members.map(\.shown)
        let below = children.flatMap { step, child in child.paths.map { step.shown + $0 } }
        return (own + below).sorted()
    }

    /// The `fieldsV1` of a managed fields entry.
    package var json: JSONValue {
        var object: [String: JSONValue] = [:]
        for step in members where children[step] == nil { object[step.text] = [:] }
        for (step, child) in children {
            var below = child.json.objectValue ?? [:]
            if members.contains(step) { below["."] = [:] }
            object[step.text] = .object(below)
        }
        return .object(object)
    }

    /// Reads a `fieldsV1`; nil for anything else.
    package init?(_ json: JSONValue) {
        guard let object = json.objectValue else { return nil }
        for (key, value) in object where key != "." {
            guard let step = FieldPathElement(key), let child = FieldSet(value), let below = value.objectValue else {
                return nil
            }
            if below.isEmpty || below["."] != nil { members.insert(step) }
            if !child.isEmpty { children[step] = child }
        }
    }
}

extension FieldSchema {
    /// The shape of what a step leads to.
    func descending(_ step: FieldPathElement) -> FieldSchema {
        switch (self, step) {
        case (.list(let element, _), .key), (.list(let element, _), .value), (.list(let element, _), .index): element
        case (_, .field(let name)): member(name)
        default: .any
        }
    }
}
