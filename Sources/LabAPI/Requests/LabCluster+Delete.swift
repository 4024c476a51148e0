import KubernetesObjects

extension LabCluster {
    private static let namespaces = StorageKey(group: "", plural: "namespaces")
    static let foregroundDeletion = "foregroundDeletion"

    mutating func delete(_ call: Call) throws(APIStatus) -> APIResponse {
        let name = call.target.name ?? ""
        let options = try DeleteOptions(call.request)
        guard let stored = store.stored(call.key(name)) else { throw call.notFound(name) }
        try Self.checkPreconditions(options, stored.json, call)
        let outcome = delete(stored, options, at: call.now)
        if outcome.isGone, !call.behavior.deletionReturnsObject {
            return APIResponse(json: Self.success(stored.json, call))
        }
        return APIResponse(json: registry.convert(outcome.object, to: call.resource))
    }

    mutating func deleteCollection(_ call: Call) throws(APIStatus) -> APIResponse {
        let options = try DeleteOptions(call.request)
        let listed = try ListOptions(call.request)
        let filter = try ObjectFilter(listed, namespace: call.target.namespace, name: nil, behavior: call.behavior)
        let page = try page(call, listed, filter)
        for stored in page.objects where store.stored(stored.key) != nil {
            _ = delete(stored, options, at: call.now)
        }
        var metadata = page.metadata
        metadata["continue"] = nil
        metadata["remainingItemCount"] = nil
        return answer(page.objects, metadata: metadata, call, .object)
    }

    /// Deletes an object, or marks it where finalizers, dependents or a namespace's content hold it.
    mutating func delete(
        _ stored: StoredObject, _ options: DeleteOptions, at now: Timestamp
    ) -> (object: JSONValue, isGone: Bool) {
        var object = stored.json
        var finalizers = object.finalizers
        let dependents = store.dependents(of: object.metadataText("uid"))
        if options.propagation == .foreground, !dependents.isEmpty, !finalizers.contains(Self.foregroundDeletion) {
            finalizers.append(Self.foregroundDeletion)
        }
        if options.isDryRun { return (object, finalizers.isEmpty) }
        if options.propagation == .orphan { orphan(dependents, of: object.metadataText("uid"), at: now) }
        if finalizers.isEmpty, !holdsNamespace(stored.key) {
            return (remove(stored.key) ?? object, true)
        }
        guard !object.isBeingDeleted else { return (object, false) }
        object.changeMetadata { metadata in
            metadata["deletionTimestamp"] = .string(now.text)
            metadata["deletionGracePeriodSeconds"] = 0
            metadata["finalizers"] = finalizers.isEmpty ? .none : .array(finalizers.map(JSONValue.string))
        }
        if stored.key.storage == Self.namespaces {
            var status = object["status"] ?? [:]
            status["phase"] = "Terminating"
            object["status"] = status
        }
        return (commit(stored.key, object, at: now), false)
    }

    /// True for a namespace that something is still in.
    func holdsNamespace(_ key: ObjectKey) -> Bool {
        guard key.storage == Self.namespaces else { return false }
        return registry.namespacedStorages().contains { !store.storedObjects($0, namespace: key.name).isEmpty }
    }

    private static func checkPreconditions(
        _ options: DeleteOptions, _ object: JSONValue, _ call: Call
    ) throws(APIStatus) {
        func refusal(_ because: String) -> APIStatus {
            // Here kube-apiserver names the kind, not the plural.
            .conflict(
                group: call.resource.group, plural: call.resource.kind, name: call.target.name ?? "", because: because)
        }
        let (uid, version) = (object.metadataText("uid"), object.metadataText("resourceVersion"))
        if !options.uid.isEmpty, options.uid != uid {
            throw refusal(
                "the UID in the precondition (\(options.uid)) does not match the UID in record (\(uid)). The object might have been deleted and then recreated"
            )
        }
        if !options.resourceVersion.isEmpty, options.resourceVersion != version {
            throw refusal(
                "the ResourceVersion in the precondition (\(options.resourceVersion)) does not match the ResourceVersion in record (\(version)). The object might have been modified"
            )
        }
    }

    private static func success(_ object: JSONValue, _ call: Call) -> JSONValue {
        var details: [String: JSONValue] = [
            "name": .string(object.metadataText("name")), "kind": .string(call.resource.plural),
            "uid": .string(object.metadataText("uid")),
        ]
        if !call.resource.group.isEmpty { details["group"] = .string(call.resource.group) }
        return [
            "kind": "Status", "apiVersion": "v1", "metadata": [:], "status": "Success", "details": .object(details),
        ]
    }
}
