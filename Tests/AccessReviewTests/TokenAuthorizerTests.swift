import FoundationEssentials
import KubernetesClient
import KubernetesObjects
import Logging
import NIOPosix
import ServiceLifecycle
import Synchronization
import Telemetry
import Testing

@testable import AccessReview

/// An authorizer, and an API server that answers reviews as it is told.
@Suite("Asking the API server who may")
struct TokenAuthorizerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// What the server was asked.
    private final class Reviews: Sendable {
        let seen = Mutex<[String]>([])
        let isBroken = Mutex(false)

        var routes: [Route] {
            [
                Route(.post, "/apis/authentication.k8s.io/v1/tokenreviews", access: .anyone) { try self.token($0) },
                Route(.post, "/apis/authorization.k8s.io/v1/subjectaccessreviews", access: .anyone) {
                    try self.access($0)
                },
            ]
        }

        private func token(_ request: RouteRequest) throws -> RouteResponse {
            var review = try JSONDecoder().decode(TokenReview.self, from: Data(request.body))
            guard review.kind == "TokenReview", review.apiVersion == "authentication.k8s.io/v1",
                let token = review.spec.token, !isBroken.withLock({ $0 })
            else { return .text("broken", status: 500) }
            seen.withLock { $0.append("whose is \(token)") }
            review.spec.token = nil
            switch token {
            case "good", "weak":
                review.status = .init(
                    authenticated: true,
                    user: .init(username: "user-\(token)", uid: "7", groups: ["system:authenticated"]))
            case "silent": break
            default: review.status = .init(authenticated: false, error: "unknown")
            }
            return try .json(review, status: 201)
        }

        private func access(_ request: RouteRequest) throws -> RouteResponse {
            var review = try JSONDecoder().decode(SubjectAccessReview.self, from: Data(request.body))
            let asked = review.spec.nonResourceAttributes
            seen.withLock {
                $0.append(
                    "may \(review.spec.user ?? "") of \(review.spec.groups ?? []) with \(review.spec.uid ?? "") "
                        + "\(asked?.verb ?? "") \(asked?.path ?? "")")
            }
            review.status = .init(allowed: review.spec.user == "user-good", denied: false)
            return try .json(review, status: 201)
        }
    }

    private func withAuthorizer(
        _ reviews: Reviews, now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        _ body: @Sendable @escaping (TokenAuthorizer) async -> Void
    ) async throws {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = TelemetryServer(
            address: try HTTPAddress("127.0.0.1:0"), registry: Registry(), readiness: Readiness(),
            routes: reviews.routes, logger: Self.logger, onListening: { listening.yield($0) })
        let group = ServiceGroup(services: [server], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports.prefix(1) {
                let client = try KubernetesClient(
                    configuration: ClientConfiguration(server: try ServerAddress(parsing: "http://127.0.0.1:\(port)")),
                    userAgent: "test", eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: Self.logger)
                await body(TokenAuthorizer(client: client, now: now))
                await client.shutdown()
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    @Test("whose the token is, then whether that user may: with all that the server said of the user")
    func asks() async throws {
        let reviews = Reviews()
        try await withAuthorizer(reviews) { authorizer in
            #expect(await authorizer.decide(token: "good", verb: "get", path: "/metrics") == .allowed)
            #expect(
                await authorizer.decide(token: "weak", verb: "get", path: "/metrics") == .forbidden(user: "user-weak"))
            #expect(await authorizer.decide(token: "bad", verb: "get", path: "/metrics") == .unauthenticated)
            #expect(await authorizer.decide(token: "silent", verb: "get", path: "/metrics") == .unauthenticated)
        }
        #expect(
            reviews.seen.withLock { $0 } == [
                "whose is good", "may user-good of [\"system:authenticated\"] with 7 get /metrics", "whose is weak",
                "may user-weak of [\"system:authenticated\"] with 7 get /metrics", "whose is bad", "whose is silent",
            ])
    }

    @Test("the same question is asked once a minute; a server that cannot answer is asked again each time")
    func cached() async throws {
        let reviews = Reviews()
        let passed = Mutex(Duration.zero)
        let start = ContinuousClock.now
        try await withAuthorizer(reviews, now: { passed.withLock { start + $0 } }) { authorizer in
            reviews.isBroken.withLock { $0 = true }
            for _ in 0..<2 {
                guard case .unavailable = await authorizer.decide(token: "good", verb: "get", path: "/metrics") else {
                    Issue.record("a broken server decides nothing")
                    return
                }
            }
            reviews.isBroken.withLock { $0 = false }
            for seconds in [0, 30, 59, 61] {
                passed.withLock { $0 = .seconds(seconds) }
                #expect(await authorizer.decide(token: "good", verb: "get", path: "/metrics") == .allowed)
            }
        }
        #expect(reviews.seen.withLock { $0.filter { $0 == "whose is good" }.count } == 2)
    }

    @Test("many at once are not all passed on to the API server")
    func bounded() async throws {
        let reviews = Reviews()
        try await withAuthorizer(reviews) { authorizer in
            let decisions = await withTaskGroup(of: AccessDecision.self) { tasks in
                for number in 0..<200 {
                    tasks.addTask { await authorizer.decide(token: "bad-\(number)", verb: "get", path: "/metrics") }
                }
                return await tasks.reduce(into: []) { $0.append($1) }
            }
            let isRefused: (AccessDecision) -> Bool = { $0 == .unavailable("too many at once") }
            #expect(decisions.allSatisfy { $0 == .unauthenticated || isRefused($0) })
            // Those that were refused may ask again: nothing is held against them.
            #expect(await authorizer.decide(token: "good", verb: "get", path: "/metrics") == .allowed)
        }
    }
}
