package import KubernetesObjects

/// Who owns which fields of an object: `metadata.managedFields`, decoded.
package struct FieldManagers: Sendable, Hashable {
    /// Who wrote, how, and to which part.
    package struct Manager: Sendable, Hashable {
        package enum Operation: String, Sendable, Hashable { case apply = "Apply", update = "Update" }

        package var name: String
        package var operation: Operation
        package var apiVersion: String
        /// Empty for the object itself.
        package var subresource: String

        package init(name: String, operation: Operation, apiVersion: String, subresource: String = "") {
            self.name = name
            self.operation = operation
            self.apiVersion = apiVersion
            self.subresource = subresource
        }

        /// `"curl" using v1`, as conflicts name a manager.
        var shown: String {
            let part = subresource.isEmpty ? "" : " with subresource \"\(subresource)\""
            return "\"\(name)\"\(part)" + (operation == .update ? " using \(apiVersion)" : "")
        }
    }

    /// What a manager owns, and when that last changed.
    package struct Ownership: Sendable, Hashable {
        package var fields: FieldSet
        /// RFC 3339.
        package var time: String
    }

    /// Update managers beyond this number are merged into one, oldest first (`DefaultMaxUpdateManagers`).
    private static let maximumUpdateManagers = 10

    package var owners: [Manager: Ownership] = [:]

    package init() {}

    /// Reads `metadata.managedFields`; nil for what is none.
    package init?(_ json: JSONValue?) {
        for entry in json?.arrayValue ?? [] {
            guard let operation = entry["operation"]?.stringValue.flatMap(Manager.Operation.init(rawValue:)),
                let apiVersion = entry["apiVersion"]?.stringValue, let fields = FieldSet(entry["fieldsV1"] ?? [:])
            else { return nil }
            let manager = Manager(
                name: entry["manager"]?.stringValue ?? "", operation: operation, apiVersion: apiVersion,
                subresource: entry["subresource"]?.stringValue ?? "")
            owners[manager] = Ownership(fields: fields, time: entry["time"]?.stringValue ?? "")
        }
    }

    /// The entries in kube-apiserver's order: applied ones first, then by time and name.
    package var json: JSONValue {
        let sorted = owners.sorted { left, right in
            func rank(_ manager: Manager, _ owned: Ownership) -> [String] {
                [manager.operation.rawValue, owned.time, manager.name, manager.apiVersion, manager.subresource]
            }
            return rank(left.key, left.value).lexicographicallyPrecedes(rank(right.key, right.value))
        }
        return .array(
            sorted.map { manager, owned in
                var entry: [String: JSONValue] = [
                    "manager": .string(manager.name), "operation": .string(manager.operation.rawValue),
                    "apiVersion": .string(manager.apiVersion), "fieldsType": "FieldsV1",
                    "fieldsV1": owned.fields.json,
                ]
                if !owned.time.isEmpty { entry["time"] = .string(owned.time) }
                if !manager.subresource.isEmpty { entry["subresource"] = .string(manager.subresource) }
                return .object(entry)
            })
    }

    /// Records a change that `manager` made by create, update or patch: it takes over what it changed.
    package mutating func recordUpdate(
        from live: JSONValue, to new: JSONValue, schema: FieldSchema, ignoring ignored: FieldSet, by manager: Manager,
        at now: Timestamp
    ) {
        let change = FieldComparison(from: live, to: new, schema).without(ignored)
        let touched = change.modified.union(change.added).withoutMetadataItself
        for (other, owned) in owners {
            let lost = other == manager ? change.removed : change.removed.union(touched)
            owners[other]?.fields = owned.fields.subtracting(lost)
        }
        if !touched.isEmpty {
            owners[manager] = Ownership(
                fields: (owners[manager]?.fields ?? FieldSet()).union(touched), time: now.text)
        }
        dropEmpty()
        mergeOldest()
    }

    mutating func dropEmpty() { owners = owners.filter { !$0.value.fields.isEmpty } }

    /// Keeps the number of entries bounded where clients change their names.
    private mutating func mergeOldest() {
        let updaters = owners.filter { $0.key.operation == .update }.sorted {
            ($0.value.time, $0.key.name) < ($1.value.time, $1.key.name)
        }
        guard updaters.count > Self.maximumUpdateManagers else { return }
        for (manager, owned) in updaters.prefix(updaters.count - Self.maximumUpdateManagers + 1) {
            let bucket = Manager(name: "ancient-changes", operation: .update, apiVersion: manager.apiVersion)
            owners[manager] = nil
            let before = owners[bucket]?.fields ?? FieldSet()
            owners[bucket] = Ownership(fields: before.union(owned.fields), time: owned.time)
        }
    }
}

extension FieldComparison {
    /// The comparison without what lies in or below these paths.
    func without(_ ignored: FieldSet) -> FieldComparison {
        var result = self
        result.added = added.subtractingSubtrees(ignored)
        result.modified = modified.subtractingSubtrees(ignored)
        result.removed = removed.subtractingSubtrees(ignored)
        return result
    }
}

extension FieldSet {
    /// Without the path `metadata`, which every object has.
    var withoutMetadataItself: FieldSet {
        var result = self
        result.members.remove(.field("metadata"))
        return result
    }

    /// What nobody owns: identity and what only the server writes (`stripmeta.go`), and further members of the object
    /// that a path of the API resets.
    package static func unowned(resetting members: [String] = []) -> FieldSet {
        var set = FieldSet()
        set.members = Set((["apiVersion", "kind"] + members).map(FieldPathElement.field))
        let metadata = [
            "name", "namespace", "creationTimestamp", "selfLink", "uid", "clusterName", "generation", "managedFields",
            "resourceVersion",
        ]
        if !members.contains("metadata") {
            var below = FieldSet()
            below.members = Set(metadata.map(FieldPathElement.field))
            set.children[.field("metadata")] = below
        }
        return set
    }
}
