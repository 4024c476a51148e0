/// Whether somebody may have what a route with `Access.authorized` answers.
package enum AccessDecision: Sendable, Hashable {
    case allowed
    /// Nobody is known by this token: 401.
    case unauthenticated
    /// The user is known, and may not: 403.
    case forbidden(user: String)
    /// Nobody could be asked: 503.
    case unavailable(String)
}

/// Who decides about bearer tokens.
package protocol AccessAuthorizer: Sendable {
    /// - Parameters:
    ///   - token: what stood after `Bearer`.
    ///   - verb: the request's method in lower case, as roles have it.
    ///   - path: the route's.
    func decide(token: String, verb: String, path: String) async -> AccessDecision
}

/// The bearer token of a request (RFC 6750 2.1).
enum BearerToken {
    /// Nil for another scheme, and for what is no token. The scheme's case does not matter (RFC 9110 11.1).
    static func token(in authorization: String?) -> String? {
        guard let authorization else { return nil }
        let parts = authorization.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2, parts[0].lowercased() == "bearer" else { return nil }
        return String(parts[1])
    }
}
