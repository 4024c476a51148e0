package import KubernetesClient
import KubernetesObjects
import Synchronization
package import Telemetry

/// Asks the API server whose a token is (TokenReview) and whether that user may (SubjectAccessReview), as kube-rbac-proxy
/// does, so that roles decide who reads metrics: `nonResourceURLs: [/metrics]`, `verbs: [get]`.
package final class TokenAuthorizer: AccessAuthorizer {
    /// Questions at the API server at one time. More at once come from nobody who scrapes.
    static let concurrentReviews = 4

    private let client: KubernetesClient
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex(State())

    private struct State: ~Copyable {
        var cache = DecisionCache()
        var reviews = 0
    }

    /// - Parameters:
    ///   - client: whose account may create both reviews.
    ///   - now: the clock.
    package init(client: KubernetesClient, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }) {
        self.client = client
        self.now = now
    }

    package func decide(token: String, verb: String, path: String) async -> AccessDecision {
        let question = DecisionCache.Question(token: token, verb: verb, path: path)
        let (known, isFree) = state.withLock { state in
            if let known = state.cache.decision(on: question, at: now()) { return (known as AccessDecision?, false) }
            guard state.reviews < Self.concurrentReviews else { return (nil, false) }
            state.reviews += 1
            return (nil, true)
        }
        if let known { return known }
        guard isFree else { return .unavailable("too many at once") }
        let decision = await review(question)
        state.withLock { state in
            state.reviews -= 1
            state.cache.keep(decision, on: question, at: now())
        }
        return decision
    }

    private func review(_ question: DecisionCache.Question) async -> AccessDecision {
        do throws(KubernetesError) {
            let answer = try await client.review(TokenReview(token: question.token), at: Self.tokenReviews).status
            guard answer?.authenticated == true, let user = answer?.user else { return .unauthenticated }
            let access = try await client.review(
                SubjectAccessReview(user, verb: question.verb, path: question.path), at: Self.accessReviews
            ).status
            let isAllowed = access?.allowed == true && access?.denied != true
            return isAllowed ? .allowed : .forbidden(user: user.username ?? "this user")
        } catch {
            return .unavailable("\(error)")
        }
    }

    private static let tokenReviews = ResourcePath(group: "authentication.k8s.io", plural: "tokenreviews")
    private static let accessReviews = ResourcePath(group: "authorization.k8s.io", plural: "subjectaccessreviews")
}
