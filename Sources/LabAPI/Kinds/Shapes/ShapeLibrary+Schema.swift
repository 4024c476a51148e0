import KubernetesObjects

extension ShapeLibrary {
    /// A structure as merging sees it. Inside itself a recursive structure is anything.
    func schema(_ name: String) -> FieldSchema { schema(name, inside: []) }

    private func schema(_ name: String, inside outer: Set<String>) -> FieldSchema {
        guard let shape = shapes[name], !outer.contains(name) else { return .any }
        let inner = outer.union([name])
        var fields: [String: FieldSchema] = [:]
        for field in shape.fields {
            var schema = schema(field.type, inside: inner)
            if case .structure(var structure) = schema {
                structure.isAtomic = structure.isAtomic || field.isAtomic
                structure.retainsKeys = structure.retainsKeys || field.retainsKeys
                schema = .structure(structure)
            }
            fields[field.name] = schema
        }
        return .structure(.init(fields: fields, isAtomic: shape.isAtomic))
    }

    private func schema(_ type: ShapeType, inside outer: Set<String>) -> FieldSchema {
        switch type {
        case .string, .bool, .int32, .int64, .double, .quantity, .intOrString, .time, .microTime, .bytes: return .scalar
        case .any, .loose: return .any
        case .structure(let name): return schema(name, inside: outer)
        case .map(let value, let isAtomic): return .map(value: schema(value, inside: outer), isAtomic: isAtomic)
        case .list(let element, let list, let retainsKeys):
            var schema = schema(element, inside: outer)
            if retainsKeys, case .structure(var structure) = schema {
                structure.retainsKeys = true
                schema = .structure(structure)
            }
            return .list(element: schema, list)
        }
    }
}
