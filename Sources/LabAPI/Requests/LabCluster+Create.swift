import KubernetesObjects

extension LabCluster {
    private static let namespaces = StorageKey(group: "", plural: "namespaces")

    mutating func create(_ call: Call, _ form: Representation) throws(APIStatus) -> APIResponse {
        let options = try WriteOptions(call.request, kind: "CreateOptions")
        var (object, warnings) = try decode(call.request.body, call, options)
        try call.behavior.normalize(&object)
        var live = call.behavior.emptyObject
        live["kind"] = object["kind"]
        live["apiVersion"] = object["apiVersion"]
        record(.update, in: &object, from: live, call, options)
        let created = try insert(object, call, options)
        return answer(created, status: 201, call, form).adding(warnings: warnings)
    }

    /// Stores a new object whose fields have their owners.
    mutating func insert(_ object: JSONValue, _ call: Call, _ options: WriteOptions) throws(APIStatus) -> JSONValue {
        var object = object
        guard object.metadataText("resourceVersion").isEmpty else {
            throw APIStatus(
                code: 500, reason: "", message: "resourceVersion should not be set on objects to be created")
        }
        let name = try place(&object, call)
        let key = call.key(name)
        try checkNamespace(of: key, call)
        if !call.behavior.keepsStatusOnCreate, call.hasStatusSubresource { object["status"] = nil }
        try prepareForCreate(&object, key, call)
        if store.stored(key) != nil {
            throw .alreadyExists(group: call.resource.group, plural: call.resource.plural, name: name)
        }
        return options.isDryRun ? object : commit(key, object, at: call.now)
    }

    /// Sets what every new object gets, and gives its name.
    private mutating func place(_ object: inout JSONValue, _ call: Call) throws(APIStatus) -> String {
        try Self.checkNamespace(in: object, call)
        var name = object.metadataText("name")
        let base = object.metadataText("generateName")
        if name.isEmpty, !base.isEmpty {
            repeat { name = String(base.prefix(58)) + randomSuffix() } while store.stored(call.key(name)) != nil
        }
        guard !name.isEmpty else {
            throw .invalid(
                group: call.resource.group, kind: call.resource.kind, name: "",
                causes: [.required("metadata.name", "name or generateName is required")])
        }
        let uid = randomUID()
        object.changeMetadata { metadata in
            metadata["name"] = .string(name)
            metadata["namespace"] = call.target.namespace.map(JSONValue.string)
            metadata["uid"] = .string(uid)
            metadata["creationTimestamp"] = .string(call.now.text)
            for member in ["deletionTimestamp", "deletionGracePeriodSeconds", "selfLink"] { metadata[member] = nil }
        }
        return name
    }

    static func checkNamespace(in object: JSONValue, _ call: Call) throws(APIStatus) {
        let given = object.metadataText("namespace")
        if !given.isEmpty, given != call.target.namespace ?? "" {
            throw .badRequest("the namespace of the provided object does not match the namespace sent on the request")
        }
    }

    /// Nothing is created in a namespace that is missing or on its way out.
    private func checkNamespace(of key: ObjectKey, _ call: Call) throws(APIStatus) {
        guard !key.namespace.isEmpty else { return }
        let namespace = ObjectKey(storage: Self.namespaces, namespace: "", name: key.namespace)
        guard let stored = store.object(namespace) else {
            throw .notFound(group: "", plural: "namespaces", name: key.namespace)
        }
        guard stored.isBeingDeleted else { return }
        var refusal = APIStatus.forbidden(
            group: call.resource.group, plural: call.resource.plural, name: key.name,
            because: "unable to create new content in namespace \(key.namespace) because it is being terminated")
        refusal.details?.causes = [
            .init(
                reason: "NamespaceTerminating", message: "namespace \(key.namespace) is being terminated",
                field: "metadata.namespace")
        ]
        throw refusal
    }

    /// Five characters that make no words (`names.SimpleNameGenerator`).
    private mutating func randomSuffix() -> String {
        let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
        return String((0..<5).map { _ in alphabet[Int.random(in: alphabet.indices, using: &random)] })
    }

    /// A random UUID (RFC 9562, version 4).
    private mutating func randomUID() -> String {
        var bytes = (0..<16).map { _ in UInt8.random(in: .min ... .max, using: &random) }
        bytes[6] = bytes[6] & 0x0F | 0x40
        bytes[8] = bytes[8] & 0x3F | 0x80
        let digits = bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }
        return [0..<4, 4..<6, 6..<8, 8..<10, 10..<16].map { digits[$0].joined() }.joined(separator: "-")
    }
}

extension APIResponse {
    /// With a `Warning` header each (RFC 7234 5.5).
    func adding(warnings: [String]) -> APIResponse {
        var response = self
        for warning in warnings {
            let quoted = warning.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")
            response.headers.append(("warning", "299 - \"\(quoted)\""))
        }
        return response
    }
}
