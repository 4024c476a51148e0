import Logging

/// The routes by path, and the rules that hold for all of them: 404 for another path, 405 for another method, 403 for
/// another host, 500 for an error.
struct RouteTable: Sendable {
    private let routes: [String: [Route]]
    private let logger: Logger

    /// Of two routes with the same path and method the first counts.
    init(_ routes: [Route], logger: Logger) {
        self.routes = Dictionary(grouping: routes, by: \.path)
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
        guard route.access == .anyone || isFromThisHost else {
            return .refusal(.text("only from this host", status: 403))
        }
        return .route(route)
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
