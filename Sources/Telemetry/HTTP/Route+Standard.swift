extension Route {
    /// `GET /healthz`: 200, or 503 with a line for each liveness check that fails.
    static func health(_ liveness: Liveness) -> Route {
        Route(.get, "/healthz", access: .anyone) { _ in report(liveness.reasons) }
    }

    /// `GET /readyz`: 200, or 503 with a line for each condition that is not met.
    static func readiness(_ readiness: Readiness) -> Route {
        Route(.get, "/readyz", access: .anyone) { _ in report(readiness.reasons) }
    }

    /// `GET /metrics` in the format that the scraper prefers.
    static func metrics(_ registry: Registry) -> Route {
        Route(.get, "/metrics", access: .authorized) { request in
            let format = ExpositionFormat(accept: request.accept)
            return RouteResponse(contentType: format.contentType, body: registry.expose(as: format))
        }
    }

    private static func report(_ reasons: [(name: String, reason: String)]) -> RouteResponse {
        guard !reasons.isEmpty else { return .text("ok") }
        return .text(reasons.map { "\($0.name): \($0.reason)" }.joined(separator: "\n"), status: 503)
    }
}
