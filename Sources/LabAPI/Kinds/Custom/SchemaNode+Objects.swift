import KubernetesObjects

/// What decoding makes of a custom resource: unknown members go, defaults come.
extension SchemaNode {
    /// Members that every object of the API has, at the root and in embedded resources.
    private static let objectMembers: Set<String> = ["apiVersion", "kind", "metadata"]

    /// Removes what the schema does not have and gives its dotted names, sorted.
    func prune(_ value: inout JSONValue, isRoot: Bool) -> [String] {
        var unknown: [String] = []
        prune(&value, at: "", isObject: isRoot, &unknown)
        return unknown
    }

    private func prune(_ value: inout JSONValue, at place: String, isObject: Bool, _ unknown: inout [String]) {
        switch value {
        case .object(var members):
            for key in members.keys.sorted() {
                if isObject, Self.objectMembers.contains(key) { continue }
                let inner = place.isEmpty ? key : "\(place).\(key)"
                if let node = member(key), var member = members[key] {
                    node.prune(&member, at: inner, isObject: node.isEmbeddedResource, &unknown)
                    members[key] = member
                } else if !keepsOthers {
                    members[key] = nil
                    unknown.append(inner)
                }
            }
            value = .object(members)
        case .array(var elements):
            guard let node = items.first else { return }
            for index in elements.indices {
                node.prune(
                    &elements[index], at: "\(place)[\(index)]", isObject: node.isEmbeddedResource, &unknown)
            }
            value = .array(elements)
        case .null, .bool, .int, .double, .string: return
        }
    }

    /// Sets defaults, and drops null where it is no value and has no default.
    func setDefaults(_ value: inout JSONValue) {
        switch value {
        case .object(var members):
            for (key, node) in properties {
                if let standard = node.defaultValue,
                    members[key] == nil || members[key] == .null && !node.isNullable
                {
                    members[key] = standard
                }
            }
            for key in Array(members.keys) {
                guard let node = member(key), var member = members[key] else { continue }
                if member == .null, !node.isNullable, properties[key] != nil {
                    members[key] = nil
                    continue
                }
                node.setDefaults(&member)
                members[key] = member
            }
            value = .object(members)
        case .array(var elements):
            guard let node = items.first else { return }
            for index in elements.indices {
                if elements[index] == .null, !node.isNullable, let standard = node.defaultValue {
                    elements[index] = standard
                }
                node.setDefaults(&elements[index])
            }
            value = .array(elements)
        case .null, .bool, .int, .double, .string: return
        }
    }

    /// The shape that merging sees.
    var fieldSchema: FieldSchema {
        if isIntOrString { return .scalar }
        if !items.isEmpty || type == "array" {
            let element = items.first
            return .list(element: element?.fieldSchema ?? .any, FieldSchema.List(topology: topology(element)))
        }
        if !properties.isEmpty || type == "object" {
            if case .values(let node) = additional, properties.isEmpty {
                return .map(value: node.fieldSchema, isAtomic: isAtomicMap)
            }
            if properties.isEmpty, keepsOthers { return .any }
            return .structure(
                .init(
                    fields: properties.mapValues(\.fieldSchema), isAtomic: isAtomicMap,
                    preservesUnknown: keepsOthers))
        }
        return preservesUnknown || type.isEmpty ? .any : .scalar
    }

    private func topology(_ element: SchemaNode?) -> FieldSchema.List.Topology {
        switch listType {
        case "set": .set
        case "map":
            .map(keys: listMapKeys.map { .init($0, default: element?.properties[$0]?.defaultValue) })
        default: .atomic
        }
    }
}
