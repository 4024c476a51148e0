import KubernetesObjects

/// The requests that controllers make.
extension APIRequest {
    private static func path(_ key: ObjectKey, named: Bool, subresource: String? = nil) -> String {
        let root = key.storage.group.isEmpty ? "/api/v1" : "/apis/\(key.storage.group)/v1"
        let parent = key.namespace.isEmpty ? "" : "/namespaces/\(key.namespace)"
        let name = named ? "/\(key.name)" : ""
        return root + parent + "/\(key.storage.plural)" + name + (subresource.map { "/\($0)" } ?? "")
    }

    /// Creates an object; `namespace` is where.
    static func create(_ object: JSONValue, in namespace: String, _ storage: StorageKey) -> APIRequest {
        let key = ObjectKey(storage: storage, namespace: namespace, name: "")
        return APIRequest(
            method: "POST", path: path(key, named: false), headers: ["content-type": "application/json"],
            body: JSONWriter.bytes(object))
    }

    static func replace(_ key: ObjectKey, _ object: JSONValue) -> APIRequest {
        APIRequest(
            method: "PUT", path: path(key, named: true), headers: ["content-type": "application/json"],
            body: JSONWriter.bytes(object))
    }

    /// Changes the members that the patch names (RFC 7386).
    static func merge(_ key: ObjectKey, _ patch: JSONValue, subresource: String? = nil) -> APIRequest {
        APIRequest(
            method: "PATCH", path: path(key, named: true, subresource: subresource),
            headers: ["content-type": "application/merge-patch+json"], body: JSONWriter.bytes(patch))
    }

    static func delete(_ key: ObjectKey) -> APIRequest { APIRequest(method: "DELETE", path: path(key, named: true)) }
}
