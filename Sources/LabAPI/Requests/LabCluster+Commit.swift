import KubernetesObjects

extension LabCluster {
    static let definitions = StorageKey(group: "apiextensions.k8s.io", plural: "customresourcedefinitions")

    /// Stores an object in its storage version; a definition of custom resources is served from then on.
    mutating func commit(_ key: ObjectKey, _ object: JSONValue, at now: Timestamp) -> JSONValue {
        var stored = object
        var reservations: [Reservation] = []
        if let resource = registry.storageResource(key.storage) {
            stored = registry.convert(object, to: resource)
            reservations = registry.behavior(of: resource)?.reservations(of: stored) ?? []
        }
        if key.storage == Self.definitions { stored["status"] = registry.install(crd: stored, now: now) }
        let change = store.put(key, stored, reserving: reservations)
        pending.append(change)
        return change.object
    }

    /// Removes an object; the definition of custom resources takes these along.
    mutating func remove(_ key: ObjectKey) -> JSONValue? {
        if key.storage == Self.definitions, let definition = store.object(key) { removeInstances(of: definition) }
        guard let change = store.remove(key) else { return nil }
        if key.storage == Self.definitions { registry.remove(crd: change.object) }
        pending.append(change)
        return change.object
    }

    /// Custom resources go with their definition, whatever finalizers they have: nobody could remove these any more.
    private mutating func removeInstances(of definition: JSONValue) {
        guard let group = definition["spec"]?["group"]?.stringValue,
            let plural = definition["spec"]?["names"]?["plural"]?.stringValue
        else { return }
        let storage = StorageKey(group: group, plural: plural)
        for instance in Array(store.storedObjects(storage, namespace: nil)) { _ = remove(instance.key) }
    }

    /// Lets the kind decide about a new object.
    mutating func prepareForCreate(_ object: inout JSONValue, _ key: ObjectKey, _ call: Call) throws(APIStatus) {
        var context = KindContext(now: call.now, key: key, random: random, stored: store)
        defer { random = context.random }
        try call.behavior.prepareForCreate(&object, context: &context)
    }

    /// Lets the kind decide about a change.
    mutating func prepareForUpdate(
        _ new: inout JSONValue, old: JSONValue, _ key: ObjectKey, _ call: Call
    ) throws(APIStatus) {
        var context = KindContext(now: call.now, key: key, random: random, stored: store)
        defer { random = context.random }
        try call.behavior.prepareForUpdate(
            &new, old: old, subresource: call.target.subresource, context: &context)
    }

    /// Writes `metadata.managedFields` after a create, an update or a patch.
    func record(
        _ operation: FieldManagers.Manager.Operation, in object: inout JSONValue, from live: JSONValue, _ call: Call,
        _ options: WriteOptions
    ) {
        var managers = Self.managers(live: live, new: object, isSubresource: call.target.subresource != nil)
        let manager = call.manager(operation, options)
        let old = live.withoutManagedFields
        let new = object.withoutManagedFields
        managers.recordUpdate(
            from: old, to: new, schema: call.behavior.schema, ignoring: call.unowned, by: manager, at: call.now)
        object = new
        object.setManagedFields(managers)
    }

    /// What a client says about managers counts, except through a subresource; an entry without content resets them.
    private static func managers(live: JSONValue, new: JSONValue, isSubresource: Bool) -> FieldManagers {
        let own = live["metadata"]?["managedFields"]
        let given = new["metadata"]?["managedFields"]
        if !isSubresource {
            if given?.arrayValue == [[:]] { return FieldManagers() }
            if let managers = FieldManagers(given), !managers.owners.isEmpty { return managers }
        }
        return FieldManagers(own) ?? FieldManagers()
    }
}

extension Call {
    func manager(_ operation: FieldManagers.Manager.Operation, _ options: WriteOptions) -> FieldManagers.Manager {
        FieldManagers.Manager(
            name: operation == .apply
                ? options.fieldManager : options.manager(userAgent: request.headers["user-agent"]),
            operation: operation, apiVersion: resource.apiVersion, subresource: target.subresource ?? "")
    }

    /// What nobody owns through this path: what the path does not write.
    var unowned: FieldSet {
        switch target.subresource {
        case "status": .unowned(resetting: resource.isCustom ? ["spec", "metadata"] : ["spec"])
        case nil where hasStatusSubresource: .unowned(resetting: ["status"])
        default: .unowned()
        }
    }
}

extension JSONValue {
    var withoutManagedFields: JSONValue {
        guard self["metadata"]?["managedFields"] != nil, var metadata = self["metadata"] else { return self }
        metadata["managedFields"] = nil
        var object = self
        object["metadata"] = metadata
        return object
    }

    mutating func setManagedFields(_ managers: FieldManagers) {
        var metadata = self["metadata"] ?? [:]
        metadata["managedFields"] = managers.owners.isEmpty ? .none : managers.json
        self["metadata"] = metadata
    }

    /// Changes `metadata`.
    mutating func changeMetadata(_ change: (inout JSONValue) -> Void) {
        var metadata = self["metadata"] ?? [:]
        change(&metadata)
        self["metadata"] = metadata
    }

    /// A member of `metadata`, if it is text.
    func metadataText(_ member: String) -> String { self["metadata"]?[member]?.stringValue ?? "" }

    var finalizers: [String] { (self["metadata"]?["finalizers"]?.arrayValue ?? []).compactMap(\.stringValue) }

    var isBeingDeleted: Bool { !metadataText("deletionTimestamp").isEmpty }
}
