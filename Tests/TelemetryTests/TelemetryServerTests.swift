import Foundation
import FoundationNetworking
import Logging
import Metrics
import NIOCore
import NIOPosix
import ServiceLifecycle
import Testing

@testable import Telemetry

/// The endpoint on a socket of its own, on a port that the kernel chooses.
@Suite struct TelemetryServerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Runs a server, hands over its port, and shuts it down in the way that SIGTERM does.
    private func withServer(
        _ address: String = "127.0.0.1:0", registry: Registry = Registry(), readiness: Readiness = Readiness(),
        routes: [Route] = [], patience: Duration = .zero, _ body: @Sendable @escaping (Int) async throws -> Void
    ) async throws {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = TelemetryServer(
            address: try HTTPAddress(address), registry: registry, readiness: readiness, routes: routes,
            patience: patience, logger: Self.logger, onListening: { listening.yield($0) })
        let group = ServiceGroup(services: [server], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                defer { listening.finish() }
                try await group.run()
            }
            for await port in ports.prefix(1) {
                let result = await Result { try await body(port) }
                await group.triggerGracefulShutdown()
                try result.get()
            }
            try await tasks.waitForAll()
        }
    }

    private static func ask(
        _ port: Int, _ path: String, method: String = "GET", accept: String? = nil, body: Data? = nil,
        host: String = "127.0.0.1"
    ) async throws -> (response: HTTPURLResponse, text: String) {
        var request = URLRequest(url: try #require(URL(string: "http://\(host):\(port)\(path)")))
        request.httpMethod = method
        request.httpBody = body
        if let accept { request.setValue(accept, forHTTPHeaderField: "Accept") }
        let (data, response) = try await URLSession(configuration: .ephemeral).data(for: request)
        return (try #require(response as? HTTPURLResponse), String(decoding: data, as: UTF8.self))
    }

    @Test("health, readiness and metrics are served, the latter in the format asked for")
    func standard() async throws {
        let registry = Registry()
        Counter(label: "sent_total", factory: PrometheusMetricsFactory(registry)).increment()
        let readiness = Readiness(waitingFor: "configuration")
        try await withServer(registry: registry, readiness: readiness) { port in
            #expect(try await Self.ask(port, "/healthz").response.statusCode == 200)
            let waiting = try await Self.ask(port, "/readyz")
            #expect(waiting.response.statusCode == 503)
            #expect(waiting.text == "configuration: not yet\n")
            readiness.meet("configuration")
            #expect(try await Self.ask(port, "/readyz").response.statusCode == 200)
            let plain = try await Self.ask(port, "/metrics")
            #expect(plain.text == "# TYPE sent_total counter\nsent_total 1\n")
            #expect(
                plain.response.value(forHTTPHeaderField: "Content-Type") == ExpositionFormat.prometheusText.contentType)
            let open = try await Self.ask(port, "/metrics", accept: "application/openmetrics-text;version=1.0.0")
            #expect(open.text == "# TYPE sent counter\nsent_total 1\n# EOF\n")
        }
    }

    @Test("own routes get their query and body; what is wrong is answered and the server goes on")
    func routes() async throws {
        let routes = [
            Route.state { ["owner": "node-1"] },
            Route(.post, "/drain") { request in
                .text("\(request.query["node"] ?? "") \(String(decoding: request.body, as: UTF8.self))", status: 202)
            },
        ]
        try await withServer(routes: routes) { port in
            #expect(try await Self.ask(port, "/state").text == "{\"owner\":\"node-1\"}\n")
            #expect(try await Self.ask(port, "/state?pretty").text.contains("\n  \"owner\""))
            let drained = try await Self.ask(port, "/drain?node=a%20b", method: "POST", body: Data("now".utf8))
            #expect(drained.response.statusCode == 202)
            #expect(drained.text == "a b now\n")
            let tooLong = try await Self.ask(port, "/drain", method: "POST", body: Data(count: 70000))
            #expect(tooLong.response.statusCode == 413)
            let wrong = try await Self.ask(port, "/drain")
            #expect(wrong.response.statusCode == 405)
            #expect(wrong.response.value(forHTTPHeaderField: "Allow") == "POST")
            #expect(try await Self.ask(port, "/nothing").response.statusCode == 404)
            let head = try await Self.ask(port, "/state", method: "HEAD")
            #expect(head.response.statusCode == 200)
            #expect(head.text.isEmpty)
            #expect(head.response.value(forHTTPHeaderField: "Content-Length") == "19")
        }
    }

    @Test("without a host it serves both families")
    func everyAddress() async throws {
        try await withServer(":0") { port in
            for host in ["127.0.0.1", "::1"] {
                let answer = try await Self.exchange(
                    "GET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n", host, port)
                #expect(answer.hasPrefix("HTTP/1.1 200 OK\r\n"))
                #expect(answer.hasSuffix("\r\n\r\nok\n"))
            }
        }
    }

    @Test("what is not a request, or is one to trip a parser, does no harm to the next one")
    func hostile() async throws {
        let targets = [
            "*", "http://", "http://x", "//", "?", "/?", "/?&&==&=", "/%", "/%zz?%=%", "/\u{7F}", "a",
            "http:/state?x#", "/#", "/metrics?\(String(repeating: "a", count: 20000))",
        ]
        let requests =
            targets.map { "GET \($0) HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n" } + [
                "\r\n\r\n", "\u{0}\u{1}", "GET / HTTP/9.9\r\n\r\n", "GET /state HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                "POST /healthz HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\nConnection: close\r\n\r\nzz\r\n\r\n",
            ]
        try await withServer(routes: [.state { 1 }]) { port in
            for request in requests {
                let answer = try await Self.exchange(request, "127.0.0.1", port)
                #expect(answer.isEmpty || answer.hasPrefix("HTTP/1.1 "), "\(request)")
                #expect(try await Self.ask(port, "/healthz").response.statusCode == 200, "\(request)")
            }
        }
    }

    /// Sends text as it is, ends the sending side, and returns all that comes back.
    private static func exchange(_ text: String, _ host: String, _ port: Int) async throws -> String {
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .connect(host: host, port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    try NIOAsyncChannel<ByteBuffer, ByteBuffer>(
                        wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
                }
            }
        return try await client.executeThenClose { inbound, outbound in
            try await outbound.write(ByteBuffer(string: text))
            outbound.finish()
            var answer = ""
            do {
                for try await buffer in inbound { answer += String(buffer: buffer) }
            } catch is IOError {
                // A reset is an answer as well.
            }
            return answer
        }
    }

    @Test("a port that the process before still holds is taken once that is gone")
    func waits() async throws {
        let (ports, taken) = AsyncStream.makeStream(of: Int.self)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask {
                for await port in ports.prefix(1) {
                    try await withServer("127.0.0.1:\(port)", patience: .seconds(60)) { own in
                        #expect(own == port)
                        let answer = try await Self.ask(own, "/healthz").response
                        #expect(answer.statusCode == 200)
                    }
                }
            }
            tasks.addTask { try await withServer { port in taken.yield(port) } }
            try await tasks.waitForAll()
        }
    }

    @Test("an address that cannot be listened on ends the process with one clear error and exit code 78")
    func refused() async throws {
        try await withServer { port in
            let expected = CommandError(
                .configuration, "--http 127.0.0.1:\(port): the address is already in use")
            await #expect(throws: expected) {
                try await withServer("127.0.0.1:\(port)") { _ in }
            }
        }
        await #expect(throws: CommandError(.configuration, "--http 192.0.2.1:1: this host does not have the address")) {
            try await withServer("192.0.2.1:1") { _ in }
        }
    }
}

extension Result where Failure == any Error {
    fileprivate init(catching body: () async throws -> Success) async {
        do {
            self = .success(try await body())
        } catch {
            self = .failure(error)
        }
    }
}
