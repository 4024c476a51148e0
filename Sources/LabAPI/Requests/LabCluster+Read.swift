import KubernetesObjects

extension LabCluster {
    func get(_ call: Call, _ form: Representation) throws(APIStatus) -> APIResponse {
        let name = call.target.name ?? ""
        guard let stored = store.stored(call.key(name)) else { throw call.notFound(name) }
        return answer(stored.json, call, form)
    }

    /// One object in the wanted form.
    func answer(_ object: JSONValue, status: Int = 200, _ call: Call, _ form: Representation) -> APIResponse {
        let object = registry.convert(object, to: call.resource)
        switch form {
        case .object, .discovery: return APIResponse(status: status, json: object)
        case .partial(let version):
            return APIResponse(status: status, json: MetadataForm.object(object, version: version))
        case .table(let version):
            let table = TableForm(call, version: version)
            let revision = object["metadata"]?["resourceVersion"]?.stringValue ?? ""
            return APIResponse(
                status: status,
                json: table.document(rows: [table.row(object)], metadata: ["resourceVersion": .string(revision)]))
        }
    }

    func list(_ call: Call, _ form: Representation) throws(APIStatus) -> APIResponse {
        let options = try ListOptions(call.request)
        let filter = try ObjectFilter(options, namespace: call.target.namespace, name: nil, behavior: call.behavior)
        let page = try page(call, options, filter)
        return answer(page.objects, metadata: page.metadata, call, form)
    }

    /// A list in the wanted form.
    func answer(
        _ objects: [StoredObject], metadata: [String: JSONValue], _ call: Call, _ form: Representation
    ) -> APIResponse {
        switch form {
        case .object, .discovery:
            return APIResponse(jsonBytes: listBytes(objects, metadata: metadata, call))
        case .partial(let version):
            let items = objects.map {
                MetadataForm.object(registry.convert($0.json, to: call.resource), version: version)
            }
            return APIResponse(
                json: [
                    "kind": "PartialObjectMetadataList", "apiVersion": .string("meta.k8s.io/\(version)"),
                    "metadata": .object(metadata), "items": .array(items),
                ])
        case .table(let version):
            let table = TableForm(call, version: version)
            let rows = objects.map { table.row(registry.convert($0.json, to: call.resource)) }
            return APIResponse(json: table.document(rows: rows, metadata: metadata))
        }
    }

    /// Puts the list together from encodings that objects keep. Items of built-in kinds do not repeat their kind.
    private func listBytes(_ objects: [StoredObject], metadata: [String: JSONValue], _ call: Call) -> [UInt8] {
        let head: JSONValue = [
            "kind": .string(call.resource.kind + "List"), "apiVersion": .string(call.resource.apiVersion),
            "metadata": .object(metadata),
        ]
        var bytes = Array(JSONWriter.bytes(head).dropLast())
        bytes.append(contentsOf: Array(",\"items\":[".utf8))
        let prefix = call.resource.isCustom ? EncodedObject.prefix(call.resource) : [UInt8(ascii: "{")]
        for (index, object) in objects.enumerated() {
            if index > 0 { bytes.append(UInt8(ascii: ",")) }
            bytes.append(contentsOf: prefix)
            bytes.append(contentsOf: EncodedObject.members(object, in: call.resource, registry))
            bytes.append(UInt8(ascii: "}"))
        }
        bytes.append(contentsOf: Array("]}".utf8))
        return bytes
    }
}

/// Encoding stored objects in the version that was asked for.
enum EncodedObject {
    /// `{"kind":"Service","apiVersion":"v1",`
    static func prefix(_ resource: APIResource) -> [UInt8] {
        Array("{\"kind\":\"\(resource.kind)\",\"apiVersion\":\"\(resource.apiVersion)\",".utf8)
    }

    /// The other members; kept by the object unless it has to be converted.
    static func members(_ object: StoredObject, in resource: APIResource, _ registry: any ResourceCatalog) -> [UInt8] {
        if object.json["apiVersion"]?.stringValue == resource.apiVersion { return object.encodedMembers }
        return StoredObject.encodeMembers(of: registry.convert(object.json, to: resource))
    }
}
