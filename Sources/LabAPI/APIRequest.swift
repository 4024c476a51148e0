/// One request to the API, free of HTTP's framing.
package struct APIRequest: Sendable {
    /// Upper case.
    package var method: String
    /// Decoded, without query: `/api/v1/namespaces/default/services`.
    package var path: String
    /// Decoded, in the order of the URL.
    package var query: [(name: String, value: String)]
    /// By lower-case name.
    package var headers: [String: String]
    package var body: [UInt8]

    package init(
        method: String, path: String, query: [(name: String, value: String)] = [], headers: [String: String] = [:],
        body: [UInt8] = []
    ) {
        self.method = method
        self.path = path
        self.query = query
        self.headers = headers
        self.body = body
    }

    /// The first value of a query parameter.
    package func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }
}
