import KubernetesObjects

/// Where the objects of the lab's controllers are kept.
extension StorageKey {
    static let pods = StorageKey(group: "", plural: "pods")
    static let nodes = StorageKey(group: "", plural: "nodes")
    static let services = StorageKey(group: "", plural: "services")
    static let deployments = StorageKey(group: "apps", plural: "deployments")
    static let endpointSlices = StorageKey(group: "discovery.k8s.io", plural: "endpointslices")

    /// The path of the collection in a namespace, or of one object, or of a part of it.
    func path(in namespace: String, _ name: String? = nil, _ subresource: String? = nil) -> String {
        let root = group.isEmpty ? "/api/v1" : "/apis/\(group)/v1"
        return ([root, "namespaces", namespace, plural] + [name, subresource].compactMap { $0 }).joined(separator: "/")
    }
}

/// What controllers ask of objects.
extension JSONValue {
    var name: String { self["metadata"]?["name"]?.stringValue ?? "" }
    var namespace: String { self["metadata"]?["namespace"]?.stringValue ?? "" }

    /// Names and texts of an object such as labels.
    var texts: [String: String] { (objectValue ?? [:]).compactMapValues(\.stringValue) }
    var labels: [String: String] { self["metadata"]?["labels"]?.texts ?? [:] }

    /// True if a condition of `status` is `True`.
    func hasCondition(_ type: String) -> Bool {
        (self["status"]?["conditions"]?.arrayValue ?? []).contains {
            $0["type"]?.stringValue == type && $0["status"] == "True"
        }
    }

    /// True if all of the labels are these: how a Service and a node selector choose.
    static func selects(_ selector: [String: String], _ labels: [String: String]) -> Bool {
        selector.allSatisfy { labels[$0.key] == $0.value }
    }

    /// The reference of a controlled object to its owner.
    func ownerReference(apiVersion: String, kind: String) -> JSONValue {
        [
            "apiVersion": .string(apiVersion), "kind": .string(kind), "name": .string(name),
            "uid": self["metadata"]?["uid"] ?? "", "controller": true, "blockOwnerDeletion": true,
        ]
    }

    /// True if that object controls this one.
    func isControlled(by owner: JSONValue) -> Bool {
        (self["metadata"]?["ownerReferences"]?.arrayValue ?? []).contains {
            $0["controller"] == true && $0["uid"] == owner["metadata"]?["uid"]
        }
    }
}

extension APIRequest {
    /// A request of a controller with a JSON body.
    static func write(_ method: String, _ path: String, _ body: JSONValue) -> APIRequest {
        let type = method == "PATCH" ? "application/merge-patch+json" : "application/json"
        return APIRequest(method: method, path: path, headers: ["content-type": type], body: JSONWriter.bytes(body))
    }
}

/// Short names that follow from what they name, in the alphabet of Kubernetes' generated names.
enum ShortName {
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")

    /// The same text has the same name, on every machine (FNV-1a).
    static func of(_ text: String, length: Int = 5) -> String {
        var hash = text.utf8.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(
            (0..<length).map { _ in
                defer { hash /= UInt64(alphabet.count) }
                return alphabet[Int(hash % UInt64(alphabet.count))]
            })
    }
}
