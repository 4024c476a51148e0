package import KubernetesObjects

/// Server-side apply: the object with an applied configuration in it, and who owns what afterwards
/// (`structured-merge-diff/merge.Updater.Apply`).
package struct ServerSideApply: Sendable {
    package var schema: FieldSchema
    package var manager: FieldManagers.Manager
    /// Takes fields that others own with another value.
    package var isForced: Bool
    /// What nobody can own through this path.
    package var ignored: FieldSet
    package var now: Timestamp

    package init(
        schema: FieldSchema, manager: FieldManagers.Manager, isForced: Bool, ignored: FieldSet, now: Timestamp
    ) {
        self.schema = schema
        self.manager = manager
        self.isForced = isForced
        self.ignored = ignored
        self.now = now
    }

    /// `live` and `applied` come without managed fields. `complete` sets defaults in the merged object.
    package func apply(
        _ applied: JSONValue, to live: JSONValue, managers: inout FieldManagers,
        complete: (inout JSONValue) throws(APIStatus) -> Void
    ) throws(APIStatus) -> JSONValue {
        var next = managers
        let last = next.owners[manager]
        let said = FieldSet(of: applied, schema)
        let owned = said.subtractingSubtrees(ignored).withoutMetadataItself
        next.owners[manager] = FieldManagers.Ownership(fields: owned, time: last?.time ?? now.text)
        var merged = FieldMerge.merge(live, applied, schema) ?? [:]
        if let last, !last.fields.isEmpty { merged = prune(merged, last.fields, next, said) }
        try complete(&merged)
        try settle(FieldComparison(from: live, to: merged, schema).without(ignored), &next)
        next.dropEmpty()
        if next.owners[manager]?.fields != last?.fields || merged != live {
            next.owners[manager]?.time = now.text
        }
        managers = next
        return merged
    }

    /// Takes out what this manager applied before, does not apply now, and nobody else owns. What it applies counts with
    /// what nobody can own, such as the name, which keeps `metadata` in place.
    private func prune(
        _ merged: JSONValue, _ last: FieldSet, _ managers: FieldManagers, _ said: FieldSet
    ) -> JSONValue {
        let pruned = FieldMerge.removing(last.withNamedFields(schema), from: merged, schema) ?? [:]
        let before = FieldSet(of: merged, schema).withNamedFields(schema)
        let managed = managers.owners.values.reduce(said) { $0.union($1.fields) }.withNamedFields(schema)
        // Back comes what somebody owns: it went along with a container.
        let gone = before.subtracting(FieldSet(of: pruned, schema).withNamedFields(schema)).subtracting(managed)
        let restored = FieldMerge.removing(gone, from: merged, schema) ?? [:]
        // And what nobody ever owned, such as defaults, unless this manager did.
        let missing = before.subtracting(FieldSet(of: restored, schema).withNamedFields(schema))
            .intersection(last.withNamedFields(schema))
        return FieldMerge.removing(missing, from: merged, schema) ?? [:]
    }

    /// Gives this manager what it changed, or says whose fields these are.
    private func settle(_ change: FieldComparison, _ managers: inout FieldManagers) throws(APIStatus) {
        let touched = change.modified.union(change.added)
        let conflicts = managers.owners.filter { $0.key != manager }
            .mapValues { $0.fields.intersection(touched) }
            .filter { !$0.value.isEmpty }
        if !conflicts.isEmpty, !isForced { throw Self.refusal(conflicts) }
        for (other, owned) in managers.owners where other != manager {
            managers.owners[other]?.fields = owned.fields.subtracting(conflicts[other] ?? FieldSet())
                .subtracting(change.removed)
        }
    }

    private static func refusal(_ conflicts: [FieldManagers.Manager: FieldSet]) -> APIStatus {
        let named = conflicts.map { (manager: $0.key.shown, paths: $0.value.paths) }.sorted { $0.manager < $1.manager }
        let all = named.flatMap { entry in entry.paths.map { (manager: entry.manager, path: $0) } }
        let causes = all.map {
            APIStatus.Cause(reason: "FieldManagerConflict", message: "conflict with \($0.manager)", field: $0.path)
        }
        let message =
            all.count == 1
            ? "Apply failed with 1 conflict: conflict with \(all[0].manager): \(all[0].path)"
            : "Apply failed with \(all.count) conflicts: "
                + named.map { entry in
                    "conflicts with \(entry.manager):" + entry.paths.map { "\n- \($0)" }.joined()
                }.joined(separator: "\n")
        return APIStatus(code: 409, reason: "Conflict", message: message, details: .init(causes: causes))
    }
}
