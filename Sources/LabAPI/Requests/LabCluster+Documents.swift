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
            return APIResponse(text: "[+]ping ok\n[+]log ok\n[+]store ok\n\(name) check passed\n")
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
        if path.hasPrefix("/openapi/v3") {
            guard let document = registry.openAPI(path: path) else { throw .noSuchPath }
            return APIResponse(json: document)
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
