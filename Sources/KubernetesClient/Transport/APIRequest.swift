import NIOCore
import NIOHTTP1

/// One request to the API, without what all have in common.
struct APIRequest {
    var method: HTTPMethod = .GET
    /// From `/api` or `/apis` on.
    var path: String
    /// In this order, not yet escaped.
    var query: [(name: String, value: String)] = []
    var contentType = "application/json"
    var body: ByteBuffer?

    /// Path and query, escaped.
    var target: String {
        guard !query.isEmpty else { return path }
        let pairs = query.map { PercentEncoding.component($0.name) + "=" + PercentEncoding.component($0.value) }
        return path + "?" + pairs.joined(separator: "&")
    }
}
