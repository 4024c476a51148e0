import FoundationEssentials

/// What a route answers.
package struct RouteResponse: Sendable, Hashable {
    /// An HTTP status code.
    package var status: Int
    package var contentType: String
    package var body: [UInt8]
    /// The methods that a path takes, for 405 (RFC 9110 15.5.6).
    var allow: String?
    /// How to log in, for 401 (`WWW-Authenticate`).
    var challenge: String?

    package init(status: Int = 200, contentType: String, body: [UInt8]) {
        self.status = status
        self.contentType = contentType
        self.body = body
    }

    /// Plain text; a line feed is added.
    package static func text(_ text: String, status: Int = 200) -> RouteResponse {
        RouteResponse(status: status, contentType: "text/plain; charset=utf-8", body: Array("\(text)\n".utf8))
    }

    /// JSON with sorted keys and dates as in ISO 8601; a line feed is added.
    package static func json(
        _ value: some Encodable, isPretty: Bool = false, status: Int = 200
    ) throws -> RouteResponse {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        if isPretty { encoder.outputFormatting.insert(.prettyPrinted) }
        encoder.dateEncodingStrategy = .iso8601
        return RouteResponse(
            status: status, contentType: "application/json", body: try encoder.encode(value) + [UInt8(ascii: "\n")])
    }
}
