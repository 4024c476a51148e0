import Logging

/// The routes by path, and the rules that hold for all of them: 404 for another path, 405 for another method, 403 for
/// another host, 500 for an error.
struct RouteTable: Sendable {
    private let routes: [String: [Route]]
    private let authorizer: (any AccessAuthorizer)?
    private let logger: Logger

    /// Of two routes with the same path and method the first counts.
    init(_ routes: [Route], authorizer: (any AccessAuthorizer)? = nil, logger: Logger) {
        self.routes = Dictionary(grouping: routes, by: \.path)
        self.authorizer = authorizer
        self.logger = logger
    }

    /// The route to ask, or the answer that is given instead of asking.
    enum Match {
        case route(Route)
        case refusal(RouteResponse)
    }

    /// HEAD is GET without the body, which the server leaves out.
    func match(method: String, path: String, isFromThisHost: Bool) -> Match {
        guard let candidates = routes[path] else { return .refusal(.text("not found", status: 404)) }
        let wanted = method == "HEAD" ? "GET" : method
        guard let route = candidates.first(where: { $0.method.rawValue == wanted }) else {
            var response = RouteResponse.text("method not allowed", status: 405)
            let allowed = candidates.flatMap { $0.method == .get ? ["GET", "HEAD"] : [$0.method.rawValue] }
            response.allow = allowed.joined(separator: ", ")
            return .refusal(response)
        }
        guard route.access != .thisHost || isFromThisHost else {
            return .refusal(.text("only from this host", status: 403))
        }
        return .route(route)
    }

    /// The answer that is given instead of asking the route, to those who may not: nil for those who may.
    func refusal(_ route: Route, method: String, authorization: String?) async -> RouteResponse? {
        guard route.access == .authorized, let authorizer else { return nil }
        var response: RouteResponse
        let token = BearerToken.token(in: authorization)
        let verb = method == "HEAD" ? "get" : method.lowercased()
        let decision: AccessDecision =
            if let token { await authorizer.decide(token: token, verb: verb, path: route.path) } else {
                .unauthenticated
            }
        switch decision {
        case .allowed: return nil
        case .unauthenticated:
            response = .text(token == nil ? "a bearer token is needed" : "the token is not known", status: 401)
            // RFC 9110 11.6.1 demands it of every 401.
            response.challenge = "Bearer"
        case .forbidden(let user): response = .text("\(user) may not \(verb) \(route.path)", status: 403)
        case .unavailable(let reason): response = .text("nobody can judge the token: \(reason)", status: 503)
        }
        return response
    }

    /// Asks the route.
    func answer(_ route: Route, _ request: RouteRequest) async -> RouteResponse {
        do {
            return try await route.answer(request)
        } catch {
            logger.warning(
                "http request failed",
                metadata: ["path": .string(route.path), "error": .string("\(error)")])
            return .text("\(error)", status: 500)
        }
    }
}
