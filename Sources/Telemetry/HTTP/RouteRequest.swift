/// What a route gets to see of a request.
package struct RouteRequest: Sendable {
    /// Decoded parameters of the query; a parameter without `=` has an empty value, of several the first counts.
    package var query: [String: String]
    /// The `Accept` header, empty without one.
    package var accept: String
    /// At most 64 KiB; longer ones were refused with 413.
    package var body: [UInt8]

    package init(query: [String: String] = [:], accept: String = "", body: [UInt8] = []) {
        self.query = query
        self.accept = accept
        self.body = body
    }
}
