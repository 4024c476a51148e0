import KubernetesObjects

/// Server-side apply.
extension LabCluster {
    /// Who owns the fields of an object that was written before anybody was recorded.
    private static let beforeFirstApply = "before-first-apply"

    mutating func apply(_ call: Call, _ options: WriteOptions, _ form: Representation) throws(APIStatus) -> APIResponse
    {
        guard !options.fieldManager.isEmpty else {
            throw .invalid(
                group: "meta.k8s.io", kind: "PatchOptions", name: "",
                causes: [.required("fieldManager", "is required for apply patch")])
        }
        let name = call.target.name ?? ""
        let applied = try decodeApplied(call)
        let apply = ServerSideApply(
            schema: call.behavior.schema, manager: call.manager(.apply, options), isForced: options.isForced,
            ignored: call.unowned, now: call.now)
        if let stored = store.stored(call.key(name)) {
            let old = registry.convert(stored.json, to: call.resource)
            let live = old.withoutManagedFields
            var managers = managers(of: old, call)
            let merged = try merge(apply, applied, live, &managers, call)
            let result = try replace(stored, with: merged, managers: managers, call, options)
            return answer(result, call, form)
        }
        guard call.target.subresource == nil else { throw call.notFound(name) }
        var live = call.behavior.emptyObject
        live["kind"] = applied["kind"]
        live["apiVersion"] = applied["apiVersion"]
        var managers = FieldManagers()
        var object = try merge(apply, applied, live, &managers, call)
        object.setManagedFields(managers)
        return answer(try insert(object, call, options), status: 201, call, form)
    }

    private func merge(
        _ apply: ServerSideApply, _ applied: JSONValue, _ live: JSONValue, _ managers: inout FieldManagers, _ call: Call
    ) throws(APIStatus) -> JSONValue {
        try apply.apply(applied, to: live, managers: &managers) { (object) throws(APIStatus) in
            try call.behavior.normalize(&object)
        }
    }

    private func managers(of old: JSONValue, _ call: Call) -> FieldManagers {
        if let managers = FieldManagers(old["metadata"]?["managedFields"]), !managers.owners.isEmpty { return managers }
        var managers = FieldManagers()
        var empty = call.behavior.emptyObject
        empty["kind"] = old["kind"]
        empty["apiVersion"] = old["apiVersion"]
        managers.recordUpdate(
            from: empty, to: old.withoutManagedFields, schema: call.behavior.schema, ignoring: .unowned(),
            by: .init(name: Self.beforeFirstApply, operation: .update, apiVersion: call.resource.apiVersion),
            at: call.now)
        return managers
    }

    /// The configuration: a whole identity, no managers, nothing that the kind does not have.
    private func decodeApplied(_ call: Call) throws(APIStatus) -> JSONValue {
        let read: JSONReader.Outcome
        do {
            read = try JSONReader.read(call.request.body)
        } catch {
            throw .badRequest("error decoding YAML: \(error.message)")
        }
        var object = read.value
        guard case .object = object else { throw .badRequest("error decoding YAML: the configuration is no object") }
        let resource = call.resource
        guard let version = object["apiVersion"]?.stringValue, version == resource.apiVersion else {
            throw .badRequest(
                "Incorrect version specified in apply patch. Specified patch version: \(object["apiVersion"]?.stringValue ?? ""), expected: \(resource.apiVersion)"
            )
        }
        guard object["kind"]?.stringValue == resource.kind else {
            throw .badRequest(
                "the kind in the data (\(object["kind"]?.stringValue ?? "")) does not match the expected kind (\(resource.kind))"
            )
        }
        if object["metadata"]?["managedFields"] != nil { throw .badRequest("metadata.managedFields must be nil") }
        if object.metadataText("name").isEmpty {
            object.changeMetadata { $0["name"] = call.target.name.map(JSONValue.string) }
        }
        try Self.checkName(in: object, call)
        object.changeMetadata { $0["namespace"] = call.target.namespace.map(JSONValue.string) }
        try checkDeclared(object, call)
        return object
    }

    private func checkDeclared(_ object: JSONValue, _ call: Call) throws(APIStatus) {
        let problems = call.behavior.unknownFields(object).map { ".\($0): field not declared in schema" }
        guard !problems.isEmpty else { return }
        let resource = call.resource
        let path = [call.target.namespace, call.target.name].compactMap(\.self).joined(separator: "/")
        let list = problems.count == 1 ? problems[0] : "errors:" + problems.map { "\n  \($0)" }.joined()
        throw APIStatus(
            code: 500, reason: "",
            message:
                "failed to create typed patch object (\(path); \(resource.group)/\(resource.version), Kind=\(resource.kind)): \(list)"
        )
    }
}
