import KubernetesObjects

/// The `scale` subresource (`autoscaling/v1 Scale`): replicas without the rest of the object.
extension LabCluster {
    mutating func scale(_ call: Call, verb: String) throws(APIStatus) -> APIResponse {
        let name = call.target.name ?? ""
        guard let stored = store.stored(call.key(name)) else { throw call.notFound(name) }
        let old = registry.convert(stored.json, to: call.resource)
        let current = Self.scale(of: old)
        let wanted: JSONValue
        var options = try WriteOptions(call.request, kind: "UpdateOptions")
        switch verb {
        case "get": return APIResponse(json: current)
        case "update":
            wanted = try decode(call.request.body, call, options).object
        default:
            options = try WriteOptions(call.request, kind: "PatchOptions")
            let type = call.request.headers["content-type"].map { String($0.prefix { $0 != ";" }) } ?? ""
            guard type != "application/apply-patch+yaml" else { throw Self.unsupportedMediaType(Self.patchTypes) }
            try Self.checkType(type, call)
            wanted = try Self.patched(current, type, call).document
        }
        let replicas = try Self.replicas(in: wanted, name)
        var new = old
        var spec = new["spec"] ?? [:]
        spec["replicas"] = .int(replicas)
        new["spec"] = spec
        new.changeMetadata { metadata in
            let given = wanted.metadataText("resourceVersion")
            if !given.isEmpty { metadata["resourceVersion"] = .string(given) }
        }
        return APIResponse(json: Self.scale(of: try replace(stored, with: new, managers: nil, call, options)))
    }

    private static let patchTypes = [
        "application/json-patch+json", "application/merge-patch+json", "application/strategic-merge-patch+json",
    ]

    private static func replicas(in scale: JSONValue, _ name: String) throws(APIStatus) -> Int64 {
        let replicas = scale["spec"]?["replicas"] ?? 0
        guard let number = replicas.intValue, number >= 0, number <= Int64(Int32.max) else {
            throw .invalid(
                group: "autoscaling", kind: "Scale", name: name,
                causes: [
                    .invalid(
                        "spec.replicas", value: JSONWriter.text(replicas), "must be greater than or equal to 0")
                ])
        }
        return number
    }

    private static func scale(of object: JSONValue) -> JSONValue {
        var metadata: [String: JSONValue] = [:]
        for member in ["name", "namespace", "uid", "resourceVersion", "creationTimestamp"] {
            metadata[member] = object["metadata"]?[member]
        }
        var spec: [String: JSONValue] = [:]
        if let replicas = object["spec"]?["replicas"], replicas != 0 { spec["replicas"] = replicas }
        var status: [String: JSONValue] = ["replicas": object["status"]?["replicas"] ?? 0]
        let selector = selectorText(object["spec"]?["selector"])
        if !selector.isEmpty { status["selector"] = .string(selector) }
        return [
            "kind": "Scale", "apiVersion": "autoscaling/v1", "metadata": .object(metadata), "spec": .object(spec),
            "status": .object(status),
        ]
    }

    /// A LabelSelector in the form of a URL.
    private static func selectorText(_ selector: JSONValue?) -> String {
        let equal = (selector?["matchLabels"]?.objectValue ?? [:]).compactMap { key, value in
            value.stringValue.map { (key: key, text: "\(key)=\($0)") }
        }
        let others = (selector?["matchExpressions"]?.arrayValue ?? []).compactMap {
            item -> (key: String, text: String)? in
            guard let key = item["key"]?.stringValue else { return nil }
            let values = (item["values"]?.arrayValue ?? []).compactMap(\.stringValue).sorted().joined(separator: ",")
            switch item["operator"]?.stringValue {
            case "In": return (key, "\(key) in (\(values))")
            case "NotIn": return (key, "\(key) notin (\(values))")
            case "Exists": return (key, key)
            case "DoesNotExist": return (key, "!\(key)")
            default: return nil
            }
        }
        return (equal + others).sorted { $0.key < $1.key }.map(\.text).joined(separator: ",")
    }
}
