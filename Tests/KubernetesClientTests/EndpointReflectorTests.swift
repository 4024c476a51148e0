import Foundation
import KubernetesObjects
import Logging
import Synchronization
import Testing

@testable import KubernetesClient

@Suite("Endpoints in the form that the server has", .timeLimit(.minutes(1)))
struct EndpointReflectorTests {
    private static let endpoints = Answer.json(
        200,
        #"""
        {"kind": "EndpointsList", "metadata": {"resourceVersion": "7"}, "items": [
            {"metadata": {"name": "web", "namespace": "default"}, "subsets": [
            {"addresses": [{"ip": "10.1.0.2", "nodeName": "a"}], "notReadyAddresses": [{"ip": "10.1.0.3", "nodeName": "b"}]},
            {"addresses": [{"ip": "10.1.0.4"}]}]}]}
        """#)
    private static let slices = Answer.json(
        200,
        #"""
        {"kind": "EndpointSliceList", "metadata": {"resourceVersion": "9"}, "items": [
            {"metadata": {"name": "web-x", "namespace": "default",
            "labels": {"kubernetes.io/service-name": "web"}}, "endpoints": [{"addresses": ["10.1.0.2"], "nodeName": "a"}]}]}
        """#)
    private static let notFound = Answer.json(404, #"{"kind": "Status", "code": 404, "reason": "NotFound"}"#)

    /// Every endpoint in one line: its Service, address, node and whether it can serve.
    private static func describe(_ event: ReflectorEvent<EndpointSlice>) -> String? {
        guard case .replaced(let slices, _, let version) = event else { return nil }
        let endpoints = slices.flatMap { slice in
            slice.endpoints.map {
                "\(slice.serviceKey?.description ?? "?") \($0.addresses.joined()) \($0.node ?? "-") \($0.canServe)"
            }
        }
        return "\(version): \(endpoints.joined(separator: ", "))"
    }

    private func follow(
        _ script: [@Sendable (Received) -> Answer], retry: Duration,
        _ body: @escaping @Sendable (ScriptedAPI, Told) async throws -> Void
    ) async throws {
        try await ScriptedAPI.run(script, limits: .forTests, token: .none) { api, client in
            var policy = ReflectorPolicy(paging: .whole)
            policy.backoff = Backoff(base: .milliseconds(1), cap: .milliseconds(5))
            var logger = Logger(label: "test")
            logger.logLevel = .critical
            var reflector = EndpointReflector(client: client, policy: policy, logger: logger)
            reflector.retry = retry
            let (told, intake) = AsyncStream.makeStream(of: String.self)
            let following = reflector
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask {
                    await following.run { event in
                        if let line = Self.describe(event) { intake.yield(line) }
                    }
                }
                try await body(api, Told(stream: told))
                group.cancelAll()
            }
        }
    }

    @Test("where slices are off, Endpoints are followed and told as slices")
    func endpoints() async throws {
        try await follow(Self.route { _ in Self.notFound }, retry: .seconds(3600)) { api, told in
            let line = "7: default/web 10.1.0.2 a true, default/web 10.1.0.4 - true, default/web 10.1.0.3 b false"
            #expect(await told.next() == line)
            #expect(api.lines.contains("GET /apis/discovery.k8s.io/v1beta1/endpointslices resourceVersion=0"))
            #expect(api.lines.contains("GET /api/v1/endpoints resourceVersion=0"))
        }
    }

    private static let group =
        #"{"kind": "APIGroup", "name": "discovery.k8s.io", "versions": [{"version": "v1beta1"}]}"#

    /// Answers by path; `slices` answers the lists of slices by their number.
    private static func route(slices: @escaping @Sendable (Int) -> Answer) -> [@Sendable (Received) -> Answer] {
        let lists = Mutex(0)
        let answer: @Sendable (Received) -> Answer = { request in
            switch request.path {
            case "/apis/discovery.k8s.io": .json(200, group)
            case "/api/v1/endpoints": request.query["watch"] == nil ? endpoints : .stream([.hang])
            default:
                request.query["watch"] == nil
                    ? slices(
                        lists.withLock {
                            $0 += 1
                            return $0
                        }) : notFound
            }
        }
        return Array(repeating: answer, count: 10_000)
    }

    @Test("slices that are served later take over")
    func later() async throws {
        let isServed = Mutex(false)
        try await follow(
            Self.route { _ in isServed.withLock { $0 } ? Self.slices : Self.notFound }, retry: .milliseconds(50)
        ) { _, told in
            #expect(await told.next()?.hasPrefix("7: ") == true)
            isServed.withLock { $0 = true }
            // On a busy machine Endpoints may be told more than once before.
            var line = await told.next()
            while line?.hasPrefix("7: ") == true { line = await told.next() }
            #expect(line == "9: default/web 10.1.0.2 a true")
        }
    }

    @Test("a server that listed slices has them: a 404 later is an outage")
    func outage() async throws {
        try await follow(
            Self.route { $0 == 2 || $0 == 3 ? Self.notFound : Self.slices }, retry: .milliseconds(1)
        ) { api, told in
            #expect(await told.next() == "9: default/web 10.1.0.2 a true")
            #expect(await told.next() == "9: default/web 10.1.0.2 a true")
            #expect(!api.received.contains { $0.path == "/api/v1/endpoints" })
        }
    }
}
