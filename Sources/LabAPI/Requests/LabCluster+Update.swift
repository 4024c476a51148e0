import KubernetesObjects

extension LabCluster {
    mutating func update(_ call: Call, _ form: Representation) throws(APIStatus) -> APIResponse {
        let options = try WriteOptions(call.request, kind: "UpdateOptions")
        let name = call.target.name ?? ""
        let (object, warnings) = try decode(call.request.body, call, options)
        if !object.metadataText("name").isEmpty || call.target.subresource == nil {
            try Self.checkName(in: object, call)
        }
        guard let stored = store.stored(call.key(name)) else { throw call.notFound(name) }
        let result = try replace(stored, with: object, managers: nil, call, options)
        return answer(result, call, form).adding(warnings: warnings)
    }

    static func checkName(in object: JSONValue, _ call: Call) throws(APIStatus) {
        let (given, name) = (object.metadataText("name"), call.target.name ?? "")
        guard given == name else {
            throw .badRequest("the name of the object (\(given)) does not match the name on the URL (\(name))")
        }
        try checkNamespace(in: object, call)
    }

    /// Stores a changed object and gives what is stored then. `managers` are those that an apply has settled; nil
    /// records an update.
    mutating func replace(
        _ stored: StoredObject, with object: JSONValue, managers: FieldManagers?, _ call: Call, _ options: WriteOptions
    ) throws(APIStatus) -> JSONValue {
        let old = registry.convert(stored.json, to: call.resource)
        var new = object
        try call.behavior.normalize(&new)
        try checkIdentity(of: new, old: old, call)
        Self.keep(old, in: &new, call)
        if let managers {
            new = new.withoutManagedFields
            new.setManagedFields(managers)
        } else {
            record(.update, in: &new, from: old, call, options)
        }
        try checkFinalizers(new, old: old, call)
        try prepareForUpdate(&new, old: old, stored.key, call)
        if new.withoutManagerTimes == old.withoutManagerTimes { return old }
        if options.isDryRun { return new }
        let result = commit(stored.key, new, at: call.now)
        guard new.isBeingDeleted, new.finalizers.isEmpty, !holdsNamespace(stored.key) else { return result }
        return remove(stored.key) ?? result
    }

    /// Refuses a write that is about an older or another object.
    private func checkIdentity(of new: JSONValue, old: JSONValue, _ call: Call) throws(APIStatus) {
        let name = call.target.name ?? ""
        let version = new.metadataText("resourceVersion")
        if version.isEmpty || version == "0" {
            if call.resource.isCustom || Self.conditionalKinds.contains(call.resource.plural) {
                throw .invalid(
                    group: call.resource.group, kind: call.resource.kind, name: name,
                    causes: [.invalid("metadata.resourceVersion", value: "0x0", "must be specified for an update")])
            }
        } else if version != old.metadataText("resourceVersion") {
            throw call.conflict(
                name, "the object has been modified; please apply your changes to the latest version and try again")
        }
        let (uid, oldUID) = (new.metadataText("uid"), old.metadataText("uid"))
        if !uid.isEmpty, uid != oldUID {
            throw call.conflict(
                name, "Precondition failed: UID in precondition: \(uid), UID in object meta: \(oldUID)")
        }
    }

    /// Built-in kinds whose `AllowUnconditionalUpdate` is false.
    private static let conditionalKinds: Set<String> = ["leases", "customresourcedefinitions"]

    /// Puts back what this path may not change.
    private static func keep(_ old: JSONValue, in new: inout JSONValue, _ call: Call) {
        if call.target.subresource == "status" {
            var kept = old
            kept["status"] = new["status"]
            if !call.resource.isCustom { kept["metadata"] = new["metadata"] }
            new = kept
        } else if call.hasStatusSubresource {
            new["status"] = old["status"]
        }
        new.changeMetadata { metadata in
            for member in [
                "name", "namespace", "uid", "creationTimestamp", "deletionTimestamp", "deletionGracePeriodSeconds",
                "generation", "selfLink", "resourceVersion",
            ] {
                metadata[member] = old["metadata"]?[member]
            }
        }
    }

    private func checkFinalizers(_ new: JSONValue, old: JSONValue, _ call: Call) throws(APIStatus) {
        guard old.isBeingDeleted else { return }
        let added = Set(new.finalizers).subtracting(old.finalizers).sorted()
        guard !added.isEmpty else { return }
        let list = added.map { "\"\($0)\"" }.joined(separator: ", ")
        throw .invalid(
            group: call.resource.group, kind: call.resource.kind, name: call.target.name ?? "",
            causes: [
                .forbidden(
                    "metadata.finalizers",
                    "no new finalizers can be added if the object is being deleted, found new finalizers []string{\(list)}"
                )
            ])
    }
}

extension JSONValue {
    /// For telling whether a write changes anything: times of managers alone do not count.
    fileprivate var withoutManagerTimes: JSONValue {
        guard let entries = self["metadata"]?["managedFields"]?.arrayValue else { return self }
        let plain = entries.map { entry -> JSONValue in
            var entry = entry
            entry["time"] = nil
            return entry
        }
        var object = self
        // Times also decide the order.
        object.changeMetadata { metadata in
            metadata["managedFields"] = .array(plain.sorted { JSONWriter.text($0) < JSONWriter.text($1) })
        }
        return object
    }
}
