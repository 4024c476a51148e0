import KubernetesObjects

/// Paths that name no object: health, version, discovery, OpenAPI.
extension LabCluster {
    /// What is answered to anybody.
    func publicAnswer(to request: APIRequest) -> APIResponse? {
        guard request.method == "GET" || request.method == "HEAD" else { return nil }
        switch request.path {
        case "/healthz", "/livez", "/readyz":
            let name = String(request.path.dropFirst())
            guard request.parameter("verbose") != nil else { return APIResponse(text: "ok") }
            return APIResponse(text: "[+]ping ok\n[+]log ok\n\(name) check passed\n")
        case "/version": return APIResponse(json: Self.version)
        default: return nil
        }
    }

    /// The version whose behaviour this API keeps to.
    private static let version: JSONValue = [
        "major": "1", "minor": "32", "gitVersion": "v1.32.13", "gitCommit": "lab", "gitTreeState": "clean",
        "buildDate": "2026-01-01T00:00:00Z", "goVersion": "go1.24.4", "compiler": "gc", "platform": "linux/amd64",
    ]

    /// Discovery and OpenAPI, for everybody who is known.
    func documentAnswer(to request: APIRequest, user: User) throws(APIStatus) -> APIResponse? {
        guard request.method == "GET" || request.method == "HEAD" else { return nil }
        let path =
            request.path.count > 1 && request.path.hasSuffix("/") ? String(request.path.dropLast()) : request.path
        if path == "/" { return APIResponse(json: Self.rootPaths) }
        if path == "/openapi/v2" { return Self.legacyOpenAPI(accept: request.headers["accept"] ?? "") }
        if path.hasPrefix("/openapi/v3") {
            guard let document = registry.openAPI(path: path) else { throw .noSuchPath }
            var response = APIResponse(json: document)
            // kube-apiserver serves the list of documents as a file without a type.
            if path == "/openapi/v3" { response.headers = [("content-type", "text/plain; charset=utf-8")] }
            return response
        }
        guard path.hasPrefix("/api") else { return nil }
        let form = try Representation(accept: request.headers["accept"])
        if case .discovery(let version) = form, let document = registry.aggregatedDiscovery(path: path) {
            return Self.aggregated(document, version: version)
        }
        guard var document = registry.discovery(path: path) else { return nil }
        if path == "/api" {
            document["serverAddressByClientCIDRs"] = [
                ["clientCIDR": "0.0.0.0/0", "serverAddress": .string(serverAddress)]
            ]
        }
        return APIResponse(json: document)
    }

    /// The document that kubectl falls back to for kinds it does not find in version 3. It describes nothing, so that
    /// the client goes on and lets the server check.
    private static func legacyOpenAPI(accept: String) -> APIResponse {
        guard accept.contains("proto-openapi.spec.v2") else {
            return APIResponse(
                json: ["swagger": "2.0", "info": ["title": "Kubernetes", "version": "v1.32.13"], "paths": [:]])
        }
        // A message with its first field, the version: "2.0".
        return APIResponse(
            status: 200,
            headers: [("content-type", "application/com.github.proto-openapi.spec.v2.v1.0+protobuf")],
            body: .bytes([0x0A, 0x03] + Array("2.0".utf8)))
    }

    private static func aggregated(_ document: JSONValue, version: String) -> APIResponse {
        var document = document
        document["apiVersion"] = .string("apidiscovery.k8s.io/\(version)")
        let bytes = JSONWriter.bytes(document)
        var response = APIResponse(jsonBytes: bytes)
        response.headers = [
            ("content-type", "application/json;g=apidiscovery.k8s.io;v=\(version);as=APIGroupDiscoveryList"),
            ("etag", "\"\(fingerprint(bytes))\""), ("vary", "Accept"),
        ]
        return response
    }

    /// FNV-1a: changes with the document, which is all that an entity tag promises.
    private static func fingerprint(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(UInt64(0xCBF2_9CE4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
        return String(hash, radix: 16, uppercase: true)
    }

    private static let rootPaths: JSONValue = [
        "paths": ["/api", "/api/v1", "/apis", "/healthz", "/livez", "/openapi/v3", "/readyz", "/version"]
    ]
}
