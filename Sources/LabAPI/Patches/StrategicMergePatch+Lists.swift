import KubernetesObjects

extension StrategicMergePatch {
    /// A patch's list in a document's list: in its place, or merged where the schema says so.
    static func mergeList(
        _ patch: [JSONValue], into elements: [JSONValue], _ schema: FieldSchema
    ) throws(Failure) -> [JSONValue] {
        guard case .list(let element, let list) = schema, list.patchMerges else {
            return patch.filter { $0[directive] == nil }.map(withoutDirectives)
        }
        guard let key = list.patchMergeKey else { return mergeScalars(patch, into: elements) }
        var changes: [JSONValue] = []
        var kept = elements
        var isReplacement = false
        for change in patch {
            switch change[directive]?.stringValue {
            case nil: changes.append(change)
            case "replace": isReplacement = true
            case "delete":
                let identity = try Self.identity(change, key)
                kept.removeAll { $0[key] == identity }
            case "merge":
                throw Failure(message: "merging to an existing list element is not supported by $patch: merge")
            case let other?: throw Failure(message: "unknown patch type found: \(other)")
            }
        }
        if isReplacement { return changes.map(withoutDirectives) }
        var merged = kept
        for change in changes {
            let identity = try Self.identity(change, key)
            if let index = merged.firstIndex(where: { $0[key] == identity }) {
                merged[index] = .object(
                    try merge(change.objectValue ?? [:], into: merged[index].objectValue ?? [:], element))
            } else {
                merged.append(withoutDirectives(change))
            }
        }
        return ordered(merged, as: changes, elsewhere: elements, key)
    }

    private static func mergeScalars(_ patch: [JSONValue], into elements: [JSONValue]) -> [JSONValue] {
        var seen: Set<JSONValue> = []
        let merged = (elements + patch).filter { seen.insert($0).inserted }
        return ordered(merged, as: patch, elsewhere: elements, nil)
    }

    private static func identity(_ element: JSONValue, _ key: String) throws(Failure) -> JSONValue {
        guard element.objectValue != nil else {
            throw Failure(message: "expected a list of objects with the merge key \(key)")
        }
        guard let identity = element[key] else {
            throw Failure(message: "map: \(JSONWriter.text(element)) does not contain declared merge key: \(key)")
        }
        return identity
    }

    /// `$setElementOrder/x`: merges `x` where the patch has it, then brings the elements into the order given; what the
    /// order does not name stays behind what it stood behind.
    static func applyElementOrders(
        _ members: inout [String: JSONValue], _ patch: inout [String: JSONValue], _ schema: FieldSchema
    ) throws(Failure) {
        for (key, value) in patch where key.hasPrefix(elementOrder) {
            patch[key] = nil
            let name = String(key.dropFirst(elementOrder.count))
            guard let order = value.arrayValue else {
                throw Failure(message: "invalid value for \(key): must be a list")
            }
            let shape = schema.member(name)
            let old = members[name]?.arrayValue
            let changes = patch[name]?.arrayValue
            if patch[name] == .null { continue }
            patch[name] = nil
            let merged: [JSONValue]
            switch (old, changes) {
            case (nil, nil): continue
            case (let old?, nil): merged = old
            case (let old?, let changes?): merged = try mergeList(changes, into: old, shape)
            case (nil, let changes?): merged = changes.filter { $0[directive] == nil }.map(withoutDirectives)
            }
            var mergeKey: String?
            if case .list(_, let list) = shape { mergeKey = list.patchMergeKey }
            members[name] = .array(ordered(merged, as: order, elsewhere: old ?? [], mergeKey))
        }
    }

    /// `normalizeElementOrder`: what the patch names in the patch's order, the rest in the document's order, the two
    /// merged so that the document's order holds where both elements are in it.
    private static func ordered(
        _ merged: [JSONValue], as patch: [JSONValue], elsewhere document: [JSONValue], _ key: String?
    ) -> [JSONValue] {
        func identity(_ element: JSONValue) -> JSONValue { key.flatMap { element[$0] } ?? element }
        func positions(_ list: [JSONValue]) -> [JSONValue: Int] {
            Dictionary(
                list.enumerated().map { (identity($0.element), $0.offset) }, uniquingKeysWith: { first, _ in first })
        }
        let (inPatch, inDocument) = (positions(patch), positions(document))
        func sorted(_ list: [JSONValue], by order: [JSONValue: Int]) -> [JSONValue] {
            list.enumerated().sorted { left, right in
                let leftPosition = order[identity(left.element)] ?? Int.max
                let rightPosition = order[identity(right.element)] ?? Int.max
                return (leftPosition, left.offset) < (rightPosition, right.offset)
            }.map(\.element)
        }
        let named = sorted(merged.filter { inPatch[identity($0)] != nil }, by: inPatch)
        let rest = sorted(merged.filter { inPatch[identity($0)] == nil }, by: inDocument)
        var result: [JSONValue] = []
        var (left, right) = (rest[...], named[...])
        while let first = left.first, let second = right.first {
            if let mine = inDocument[identity(first)], let other = inDocument[identity(second)], mine < other {
                result.append(left.removeFirst())
            } else {
                result.append(right.removeFirst())
            }
        }
        return result + left + right
    }
}
