package import KubernetesObjects

/// What two states of an object differ in (`typed.Comparison`).
package struct FieldComparison: Sendable, Hashable {
    package var added = FieldSet()
    package var modified = FieldSet()
    package var removed = FieldSet()

    package init(from old: JSONValue, to new: JSONValue, _ schema: FieldSchema) {
        compare(old, new, schema, [])
    }

    /// Containers count as added or removed together with what is in them; one that is empty on both sides is compared
    /// like a scalar.
    private mutating func compare(
        _ old: JSONValue?, _ new: JSONValue?, _ schema: FieldSchema, _ path: [FieldPathElement]
    ) {
        if old == nil && new == nil { return }
        let shape = FieldShape(schema, old, new)
        switch shape {
        case .leaf:
            insertDifference(old, new, path)
            return
        case .members:
            let (left, right) = (old?.objectValue ?? [:], new?.objectValue ?? [:])
            for name in Set(left.keys).union(right.keys) {
                compare(left[name], right[name], schema.member(name), path + [.field(name)])
            }
        case .elements(let element, let list):
            let left = Self.elements(old, list)
            let right = Self.elements(new, list)
            for step in Set(left.keys).union(right.keys) {
                compare(left[step], right[step], element, path + [step])
            }
        }
        if path.isEmpty { return }
        if old == nil { added.insert(path[...]) } else if new == nil { removed.insert(path[...]) }
    }

    private mutating func insertDifference(_ old: JSONValue?, _ new: JSONValue?, _ path: [FieldPathElement]) {
        if old == nil {
            added.insert(path[...])
        } else if new == nil {
            removed.insert(path[...])
        } else if old != new {
            modified.insert(path[...])
        }
    }

    private static func elements(_ value: JSONValue?, _ list: FieldSchema.List) -> [FieldPathElement: JSONValue] {
        Dictionary(
            (value?.arrayValue ?? []).compactMap { element in list.pathElement(of: element).map { ($0, element) } },
            uniquingKeysWith: { first, _ in first })
    }
}

/// How two values at one place are walked together.
enum FieldShape {
    /// As a whole.
    case leaf
    case members
    case elements(FieldSchema, FieldSchema.List)

    init(_ schema: FieldSchema, _ old: JSONValue?, _ new: JSONValue?) {
        let present = [old, new].compactMap(\.self).filter { $0 != .null }
        let areObjects = !present.isEmpty && present.allSatisfy { $0.objectValue != nil }
        let areLists = !present.isEmpty && present.allSatisfy { $0.arrayValue != nil }
        let areEmpty = present.allSatisfy { $0.objectValue?.isEmpty ?? $0.arrayValue?.isEmpty ?? false }
        switch schema {
        case .structure(let structure) where areObjects && !areEmpty && !structure.isAtomic: self = .members
        case .map(_, isAtomic: false) where areObjects && !areEmpty: self = .members
        case .any where areObjects && !areEmpty: self = .members
        case .list(let element, let list) where areLists && !areEmpty && list.topology != .atomic:
            self = .elements(element, list)
        case .scalar, .structure, .map, .list, .any: self = .leaf
        }
    }
}

extension FieldSet {
    /// The paths of everything that a value says (`TypedValue.ToFieldSet`): what an applied configuration owns.
    package init(of value: JSONValue, _ schema: FieldSchema) {
        collect(value, schema, [])
    }

    private mutating func collect(_ value: JSONValue, _ schema: FieldSchema, _ path: [FieldPathElement]) {
        if !path.isEmpty, Self.isLeaf(value, schema) {
            insert(path[...])
            return
        }
        switch value {
        case .object(let members):
            for (name, member) in members {
                collect(member, schema.member(name), path + [.field(name)])
                if member == .null || member.objectValue?.isEmpty == true || !schema.names(name) {
                    insert((path + [.field(name)])[...])
                }
            }
        case .array(let elements):
            guard case .list(let element, let list) = schema else { return }
            for member in elements {
                guard let step = list.pathElement(of: member) else { continue }
                collect(member, element, path + [step])
                insert((path + [step])[...])
            }
        case .null, .bool, .int, .double, .string: return
        }
    }

    private static func isLeaf(_ value: JSONValue, _ schema: FieldSchema) -> Bool {
        switch (schema, value) {
        case (.structure(let structure), .object): structure.isAtomic
        case (.map(_, let isAtomic), .object): isAtomic
        case (.any, .object): false
        case (.list(_, let list), .array): list.topology == .atomic
        default: true
        }
    }
}

extension FieldSchema {
    /// True where the shape names this member.
    func names(_ member: String) -> Bool {
        if case .structure(let structure) = self { structure.fields[member] != nil } else { false }
    }
}
