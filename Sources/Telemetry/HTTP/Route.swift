/// One path and method of the endpoint, and what answers there.
package struct Route: Sendable {
    package enum Method: String, Sendable, Hashable {
        case get = "GET"
        case post = "POST"
    }

    /// Who may ask: a node's address is reachable from its LAN.
    package enum Access: Sendable, Hashable {
        case anyone
        /// Who sends a bearer token that the endpoint's authorizer takes; anyone where there is no authorizer.
        case authorized
        /// Connections from the host, or the pod, that the process runs on: from loopback, or from the very address
        /// that was connected to. Others get 403.
        case thisHost
    }

    package let method: Method
    /// The whole path, `/drain`; there are no patterns.
    package let path: String
    package let access: Access
    package let answer: @Sendable (RouteRequest) async throws -> RouteResponse

    /// - Parameter answer: an error that it throws is logged, and the client gets 500 with its text.
    package init(
        _ method: Method, _ path: String, access: Access = .thisHost,
        answer: @escaping @Sendable (RouteRequest) async throws -> RouteResponse
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.answer = answer
    }

    /// `GET /state`: what the process knows and does, as JSON; `?pretty` indents it.
    package static func state<State: Encodable & Sendable>(
        access: Access = .thisHost, _ state: @escaping @Sendable () async throws -> State
    ) -> Route {
        Route(.get, "/state", access: access) { request in
            try .json(await state(), isPretty: request.query["pretty"] != nil)
        }
    }
}
