/// `authorization.k8s.io/v1 SubjectAccessReview`: the API server says whether somebody may do something. It is answered and
/// never stored.
package struct SubjectAccessReview: Sendable, Hashable, Codable {
    package var apiVersion = "authorization.k8s.io/v1"
    package var kind = "SubjectAccessReview"
    package var spec: Spec
    package var status: Status?

    /// Whether a user may do `verb` (lower case, as in roles) at a path that is no resource, such as `/metrics`.
    package init(_ user: TokenReview.UserInfo, verb: String, path: String) {
        spec = Spec(
            user: user.username, uid: user.uid, groups: user.groups, extra: user.extra,
            nonResourceAttributes: .init(path: path, verb: verb))
    }

    package struct Spec: Sendable, Hashable, Codable {
        package var user: String?
        package var uid: String?
        package var groups: [String]?
        package var extra: [String: [String]]?
        package var nonResourceAttributes: NonResourceAttributes?
    }

    package struct NonResourceAttributes: Sendable, Hashable, Codable {
        package var path: String?
        package var verb: String?
    }

    package struct Status: Sendable, Hashable, Codable {
        /// Absent is false.
        package var allowed: Bool?
        /// True if something forbids it, whatever else allows it.
        package var denied: Bool?
        package var reason: String?

        package init(allowed: Bool? = nil, denied: Bool? = nil, reason: String? = nil) {
            self.allowed = allowed
            self.denied = denied
            self.reason = reason
        }
    }
}
