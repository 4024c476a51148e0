import KubernetesObjects

/// Merging an applied configuration into an object, and taking out what is no longer applied
/// (`structured-merge-diff/typed`).
enum FieldMerge {
    /// The live value with everything that the configuration says.
    static func merge(_ live: JSONValue?, _ applied: JSONValue?, _ schema: FieldSchema) -> JSONValue? {
        guard let applied else { return live }
        guard let live else { return applied }
        switch FieldShape(schema, live, applied) {
        case .leaf: return applied
        case .members:
            var members = live.objectValue ?? [:]
            for (name, value) in applied.objectValue ?? [:] {
                members[name] = merge(members[name], value, schema.member(name))
            }
            return .object(members)
        case .elements(let element, let list):
            return .array(mergeLists(live.arrayValue ?? [], applied.arrayValue ?? [], element, list))
        }
    }

    /// Keeps the configuration's order, and before each element that both have those that only the live list has there.
    private static func mergeLists(
        _ live: [JSONValue], _ applied: [JSONValue], _ element: FieldSchema, _ list: FieldSchema.List
    ) -> [JSONValue] {
        let left = live.compactMap { value in list.pathElement(of: value).map { (step: $0, value: value) } }
        let right = applied.compactMap { value in list.pathElement(of: value).map { (step: $0, value: value) } }
        let inLive = Dictionary(left.map { ($0.step, $0.value) }, uniquingKeysWith: { first, _ in first })
        let inApplied = Set(right.map(\.step))
        let shared = right.map(\.step).filter { inLive[$0] != nil }
        var nextShared = shared[...]
        var result: [JSONValue] = []
        var (l, r) = (0, 0)
        func mergedElement(_ step: FieldPathElement, _ value: JSONValue) -> JSONValue {
            merge(inLive[step], value, element) ?? value
        }
        while l < left.count || r < right.count {
            if l < left.count, r < right.count {
                if left[l].step == right[r].step {
                    result.append(mergedElement(right[r].step, right[r].value))
                    (l, r) = (l + 1, r + 1)
                    nextShared = nextShared.dropFirst()
                    continue
                }
                if inApplied.contains(left[l].step), let next = nextShared.first, next != left[l].step {
                    l += 1
                    continue
                }
            }
            if l < left.count {
                if !inApplied.contains(left[l].step) {
                    result.append(left[l].value)
                    l += 1
                    continue
                }
                if r >= right.count {
                    l += 1
                    continue
                }
            }
            if r < right.count {
                if right[r].step == nextShared.first { nextShared = nextShared.dropFirst() }
                result.append(mergedElement(right[r].step, right[r].value))
                r += 1
            }
        }
        return result
    }

    /// The value without these fields; nil if a container has nothing left.
    static func removing(_ fields: FieldSet, from value: JSONValue, _ schema: FieldSchema) -> JSONValue? {
        switch FieldShape(schema, value, value) {
        case .leaf: return value
        case .members:
            var kept: [String: JSONValue] = [:]
            for (name, member) in value.objectValue ?? [:] where !fields.members.contains(.field(name)) {
                if let below = fields.children[.field(name)] {
                    kept[name] = removing(below, from: member, schema.member(name))
                } else {
                    kept[name] = member
                }
            }
            return kept.isEmpty ? .none : .object(kept)
        case .elements(let element, let list):
            let kept = (value.arrayValue ?? []).compactMap { member -> JSONValue? in
                guard let step = list.pathElement(of: member) else { return member }
                if fields.members.contains(step) { return nil }
                return fields.children[step].map { removing($0, from: member, element) ?? .null } ?? member
            }
            return kept.isEmpty ? .none : .array(kept)
        }
    }
}
