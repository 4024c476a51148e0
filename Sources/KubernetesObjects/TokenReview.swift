/// `authentication.k8s.io/v1 TokenReview`: the API server says whose a bearer token is. It is answered and never stored.
package struct TokenReview: Sendable, Hashable, Codable {
    package var apiVersion = "authentication.k8s.io/v1"
    package var kind = "TokenReview"
    package var spec: Spec
    package var status: Status?

    package init(token: String) { spec = Spec(token: token) }

    package struct Spec: Sendable, Hashable, Codable {
        /// A server leaves it out of its answer, or not.
        package var token: String?
    }

    package struct Status: Sendable, Hashable, Codable {
        /// Absent is false.
        package var authenticated: Bool?
        package var user: UserInfo?
        /// Why the token could not be judged.
        package var error: String?

        package init(authenticated: Bool? = nil, user: UserInfo? = nil, error: String? = nil) {
            self.authenticated = authenticated
            self.user = user
            self.error = error
        }
    }

    package struct UserInfo: Sendable, Hashable, Codable {
        package var username: String?
        package var uid: String?
        package var groups: [String]?
        package var extra: [String: [String]]?

        package init(username: String? = nil, uid: String? = nil, groups: [String]? = nil) {
            self.username = username
            self.uid = uid
            self.groups = groups
        }
    }
}
