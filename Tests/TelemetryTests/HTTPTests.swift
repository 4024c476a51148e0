import Foundation
import Logging
import Testing

@testable import Telemetry

/// The endpoint without its sockets.
@Suite struct HTTPTests {
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    @Test(
        "--http takes HOST:PORT",
        arguments: [
            ("127.0.0.1:7472", "127.0.0.1", 7472), ("[::1]:7472", "::1", 7472), ("[::]:0", "::", 0),
            (":7472", nil, 7472), ("localhost:80", "localhost", 80), ("node-1.shop:65535", "node-1.shop", 65535),
        ] as [(String, String?, UInt16)])
    func address(text: String, host: String?, port: UInt16) throws {
        let address = try HTTPAddress(text)
        #expect(address.host == host)
        #expect(address.port == port)
        #expect(address.description == text)
    }

    @Test(
        "--http refuses everything else and says why",
        arguments: [
            ("", HTTPAddressError.Problem.noPort), ("127.0.0.1", .noPort), ("127.0.0.1:", .invalidPort),
            ("127.0.0.1:65536", .invalidPort), ("127.0.0.1:+80", .invalidPort), ("127.0.0.1:http", .invalidPort),
            ("::1:7472", .unbracketed), ("[::1]", .invalidPort), ("[127.0.0.1]:80", .invalidHost),
            ("[::zz]:80", .invalidHost), ("256.1.1.1:80", .invalidHost), ("a b:80", .invalidHost),
            ("[::1:80", .invalidHost), ("http//x:80", .invalidHost),
        ])
    func invalidAddress(text: String, problem: HTTPAddressError.Problem) {
        #expect(throws: HTTPAddressError(text: text, problem: problem)) { try HTTPAddress(text) }
    }

    @Test("ready is when every condition is met, and the reasons are sorted")
    func readiness() {
        let readiness = Readiness(waitingFor: "configuration", "api")
        #expect(!readiness.isReady)
        #expect(readiness.reasons.map(\.name) == ["api", "configuration"])
        readiness.meet("api")
        readiness.miss("configuration", because: "no pools")
        #expect(readiness.reasons.map(\.reason) == ["no pools"])
        readiness.meet("configuration")
        #expect(readiness.isReady)
        readiness.miss("links", because: "eth0 is down")
        #expect(!readiness.isReady)
    }

    private func refusal(_ table: RouteTable, _ method: String, _ path: String, isFromThisHost: Bool) -> RouteResponse?
    {
        switch table.match(method: method, path: path, isFromThisHost: isFromThisHost) {
        case .route: nil
        case .refusal(let response): response
        }
    }

    @Test("another path is 404, another method 405 with what is allowed, another host 403")
    func rules() {
        let table = RouteTable(
            [
                Route(.get, "/metrics", access: .anyone) { _ in .text("") },
                Route(.post, "/drain") { _ in .text("") }, Route(.get, "/drain") { _ in .text("") },
            ], logger: logger)
        #expect(refusal(table, "GET", "/metrics", isFromThisHost: false) == nil)
        #expect(refusal(table, "HEAD", "/metrics", isFromThisHost: false) == nil)
        #expect(refusal(table, "GET", "/metrics/", isFromThisHost: true)?.status == 404)
        #expect(refusal(table, "GET", "", isFromThisHost: true)?.status == 404)
        #expect(refusal(table, "POST", "/metrics", isFromThisHost: true)?.status == 405)
        #expect(refusal(table, "POST", "/metrics", isFromThisHost: true)?.allow == "GET, HEAD")
        #expect(refusal(table, "DELETE", "/drain", isFromThisHost: true)?.allow == "POST, GET, HEAD")
        #expect(refusal(table, "POST", "/drain", isFromThisHost: true) == nil)
        #expect(refusal(table, "POST", "/drain", isFromThisHost: false)?.status == 403)
    }

    @Test(
        "this host is loopback, or the address that was connected to",
        arguments: [
            ("127.0.0.1", "127.0.0.1", true), ("127.9.9.9", "127.0.0.1", true), ("::1", "::1", true),
            ("::ffff:127.0.0.1", "::ffff:127.0.0.1", true), ("::FFFF:127.0.0.1", "::", true),
            ("192.0.2.1", "192.0.2.1", true), ("192.0.2.2", "192.0.2.1", false), ("::ffff:192.0.2.2", "::", false),
            ("2001:db8::1", "2001:db8::1", true), ("2001:db8::127.0.0.1", "::", false), (nil, nil, false),
        ] as [(String?, String?, Bool)])
    func thisHost(remote: String?, local: String?, isSame: Bool) {
        #expect(TelemetryContext.isSameHost(remote: remote, local: local) == isSame)
    }

    private struct State: Codable {
        var vip = "192.0.2.1/32"
        var since = Date(timeIntervalSince1970: 0)
    }

    @Test("state is JSON with sorted keys on one line, or indented")
    func state() async throws {
        let route = Route.state { State() }
        #expect(route.access == .thisHost)
        let plain = try await route.answer(RouteRequest())
        #expect(
            String(decoding: plain.body, as: UTF8.self)
                == "{\"since\":\"1970-01-01T00:00:00Z\",\"vip\":\"192.0.2.1/32\"}\n")
        let pretty = try await route.answer(RouteRequest(query: ["pretty": ""]))
        #expect(String(decoding: pretty.body, as: UTF8.self).contains("\n  \"vip\" : \"192.0.2.1/32\"\n"))
    }

    @Test("a route that throws answers 500 with the error")
    func failure() async {
        struct Broken: Error, CustomStringConvertible { var description: String { "the store is closed" } }
        let table = RouteTable([], logger: logger)
        let response = await table.answer(Route(.get, "/x") { _ in throw Broken() }, RouteRequest())
        #expect(response == .text("the store is closed", status: 500))
    }

    @Test("health and readiness tell their reasons")
    func standard() async throws {
        let liveness = Liveness()
        #expect(try await Route.health(liveness).answer(RouteRequest()) == .text("ok"))
        liveness.check("lease") { "not renewed for 5 s" }
        #expect(
            try await Route.health(liveness).answer(RouteRequest()) == .text("lease: not renewed for 5 s", status: 503))
        let readiness = Readiness(waitingFor: "b", "a")
        #expect(
            try await Route.readiness(readiness).answer(RouteRequest()) == .text("a: not yet\nb: not yet", status: 503))
    }
}
