import Hummingbird
import Logging
import NIOCore
import NIOPosix
import Synchronization
import Testing

@testable import KubernetesClient

/// What the scripted server does about one request.
enum Answer: Sendable {
    case json(Int, String, headers: [String: String] = [:])
    /// Status 200 and then step by step.
    case stream([Step])
    /// Not even a status.
    case silence

    enum Step: Sendable {
        case send(String)
        /// Nothing more, with the connection left open.
        case hang
        /// The connection breaks.
        case drop
    }
}

/// What arrived at the scripted server.
struct Received: Sendable {
    var method: String
    var path: String
    var query: [String: String]
    var headers: [String: String]
    var body: String

    /// The request in one line, with its query in order.
    var line: String {
        let parts = query.filter { $0.key != "timeoutSeconds" }.map { "\($0.key)=\($0.value)" }.sorted()
        return ([method, path] + parts).joined(separator: " ")
    }
}

/// A server on 127.0.0.1 that answers each request with the next line of its script; when the script is at its end it
/// answers nothing more.
final class ScriptedAPI: Sendable {
    private struct State {
        var script: [@Sendable (Received) -> Answer]
        var received: [Received] = []
    }

    private let state: Mutex<State>
    private let (arrivals, arrival) = AsyncStream.makeStream(of: Void.self)

    init(_ script: [@Sendable (Received) -> Answer]) { state = Mutex(State(script: script)) }

    /// Returns when as many requests have arrived in all. For one caller.
    func waitForRequests(_ count: Int) async {
        if received.count >= count { return }
        for await _ in arrivals where received.count >= count { return }
    }

    var received: [Received] { state.withLock { $0.received } }
    var lines: [String] { received.map(\.line) }

    private func answer(_ request: Received) -> Answer {
        let next = state.withLock { state in
            state.received.append(request)
            return state.script.isEmpty ? nil : state.script.removeFirst()
        }
        arrival.yield()
        return next?(request) ?? .silence
    }

    private func respond(to request: Request) async throws -> Response {
        if request.uri.path == Self.lastPath { return Response(status: .ok) }
        let body = try await request.body.collect(upTo: 1 << 20)
        var query: [String: String] = [:]
        for (name, value) in request.uri.queryParameters { query[String(name)] = String(value) }
        var headers: [String: String] = [:]
        for field in request.headers { headers[field.name.canonicalName] = field.value }
        headers["host"] = request.head.authority
        let received = Received(
            method: request.method.rawValue, path: request.uri.path, query: query, headers: headers,
            body: String(buffer: body))
        switch answer(received) {
        case .json(let status, let text, let more):
            var fields = HTTPFields()
            fields[.contentType] = "application/json"
            for (name, value) in more { if let name = HTTPFields.Element.Name(name) { fields[name] = value } }
            return Response(
                status: .init(code: status), headers: fields, body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
        case .stream(let steps):
            return Response(status: .ok, body: ResponseBody { try await Self.write(steps, to: &$0) })
        case .silence:
            try await Self.sleepUntilCancelled()
            throw Dropped()
        }
    }

    @concurrent
    private static func write(_ steps: [Answer.Step], to writer: inout any ResponseBodyWriter) async throws {
        for step in steps {
            switch step {
            case .send(let text): try await writer.write(ByteBuffer(string: text))
            case .hang: try await sleepUntilCancelled()
            case .drop: throw Dropped()
            }
        }
        try await writer.finish(nil)
    }

    private struct Dropped: Error {}

    /// A server that is silent has nothing to wait for but the end of the test.
    private static func sleepUntilCancelled() async throws { try await Task.sleep(for: .seconds(3600)) }

    private static let lastPath = "/last"

    private static func makeClient(
        _ configuration: ClientConfiguration, _ limits: ClientLimits
    ) throws -> KubernetesClient {
        var logger = Logger(label: "client")
        logger.logLevel = .critical
        return try KubernetesClient(
            configuration: configuration, userAgent: "toono-test",
            eventLoopGroup: .singletonMultiThreadedEventLoopGroup, logger: logger, limits: limits)
    }

    /// Runs a server with the script, and a client of it, while `body` runs.
    static func run<Result: Sendable>(
        _ script: [@Sendable (Received) -> Answer], limits: ClientLimits = .forTests,
        token: TokenSource = .none, _ body: @escaping @Sendable (ScriptedAPI, KubernetesClient) async throws -> Result
    ) async throws -> Result {
        let api = ScriptedAPI(script)
        let (ports, intake) = AsyncStream.makeStream(of: Int.self)
        var logger = Logger(label: "scripted-api")
        logger.logLevel = .critical
        let application = Application(
            responder: CallbackResponder<BasicRequestContext> { request, _ in try await api.respond(to: request) },
            configuration: .init(address: .hostname("127.0.0.1", port: 0)),
            onServerRunning: { intake.yield($0.localAddress?.port ?? 0) }, logger: logger)
        return try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await application.run() }
            let port = try #require(await ports.first { _ in true })
            let configuration = ClientConfiguration(
                server: ServerAddress(scheme: .http, host: "127.0.0.1", port: port), token: token)
            let client = try makeClient(configuration, limits)
            let result: Swift.Result<Result, any Error>
            do { result = .success(try await body(api, client)) } catch { result = .failure(error) }
            await client.shutdown()
            // Stopped while a connection waits to be accepted the server would trap, so that one more, which comes after
            // all others, is served first.
            let last = try makeClient(ClientConfiguration(server: configuration.server), ClientLimits())
            _ = try? await last.send(APIRequest(path: lastPath))
            await last.shutdown()
            group.cancelAll()
            return try result.get()
        }
    }
}

extension ClientLimits {
    /// Short enough for a test that waits for them, long enough for a busy machine.
    static let forTests: ClientLimits = {
        var limits = ClientLimits()
        limits.answerTimeout = .milliseconds(700)
        limits.watchSilence = .milliseconds(700)
        return limits
    }()
}
