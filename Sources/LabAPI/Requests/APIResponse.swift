package import KubernetesObjects

/// The answer to one request, free of HTTP's framing.
package struct APIResponse: Sendable {
    package enum Body: Sendable {
        case bytes([UInt8])
        /// Lines that come as things happen: see `LabCluster.poll`.
        case watch(Watch)
    }

    package var status: Int
    /// In order; names in lower case.
    package var headers: [(name: String, value: String)]
    package var body: Body

    package init(status: Int, headers: [(name: String, value: String)], body: Body) {
        self.status = status
        self.headers = headers
        self.body = body
    }

    /// A JSON document.
    package init(status: Int = 200, json: JSONValue) {
        self.init(status: status, jsonBytes: JSONWriter.bytes(json))
    }

    /// A JSON document that is encoded already.
    package init(status: Int = 200, jsonBytes: [UInt8]) {
        self.init(status: status, headers: [("content-type", "application/json")], body: .bytes(jsonBytes))
    }

    /// Plain text, as the health endpoints answer.
    package init(status: Int = 200, text: String) {
        self.init(
            status: status,
            headers: [("content-type", "text/plain; charset=utf-8"), ("x-content-type-options", "nosniff")],
            body: .bytes(Array(text.utf8)))
    }

    /// A refusal.
    package init(_ refusal: APIStatus) {
        self.init(status: refusal.code, json: refusal.json)
        if let seconds = refusal.details?.retryAfter { headers.append(("retry-after", String(seconds))) }
        if refusal.code == 403 { headers.append(("x-content-type-options", "nosniff")) }
    }

    /// The body, for answers that are no watch.
    package var bytes: [UInt8] {
        if case .bytes(let bytes) = body { bytes } else { [] }
    }
}
