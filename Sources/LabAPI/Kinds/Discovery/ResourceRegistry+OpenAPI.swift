package import KubernetesObjects

/// OpenAPI v3, as little of it as kubectl needs: that a kind can be patched, and that unknown fields can be refused by
/// the server (`fieldValidation`), so that `kubectl apply` does not validate by itself.
extension ResourceRegistry {
    package func openAPI(path: String) -> JSONValue? {
        if path == "/openapi/v3" { return openAPIRoot }
        return kinds.keys.first { "/openapi/v3\($0.path)" == path }.map(document)
    }

    private var openAPIRoot: JSONValue {
        var paths: [String: JSONValue] = [:]
        for version in kinds.keys {
            // Clients keep a document until its hash changes.
            let hash = Self.fingerprint(JSONWriter.bytes(document(version)))
            paths[String(version.path.dropFirst())] = [
                "serverRelativeURL": .string("/openapi/v3\(version.path)?hash=\(hash)")
            ]
        }
        return ["paths": .object(paths)]
    }

    private func document(_ version: GroupVersion) -> JSONValue {
        var paths: [String: JSONValue] = [:]
        for kind in kinds(of: version) where kind.resource.verbs.contains("patch") {
            let resource = kind.resource
            let parent = resource.scope == .namespaced ? "/namespaces/{namespace}" : ""
            paths["\(version.path)\(parent)/\(resource.plural)/{name}"] = [
                "patch": [
                    "parameters": [["name": "fieldValidation", "in": "query", "schema": ["type": "string"]]],
                    "responses": [:],
                    "x-kubernetes-group-version-kind": [
                        "group": .string(resource.group), "version": .string(resource.version),
                        "kind": .string(resource.kind),
                    ],
                ]
            ]
        }
        return [
            "openapi": "3.0.0", "info": ["title": "Kubernetes", "version": "v1.32.13"], "paths": .object(paths),
        ]
    }

    /// FNV-1a.
    private static func fingerprint(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16, uppercase: true)
    }
}
