import AsyncHTTPClient
package import Logging
import Metrics
package import NIOCore
import NIOHTTP1

/// The way to one API server, for any number of users at the same time.
///
/// Requests and watches have separate connection pools: an HTTP/1 pool has a limit of connections, and watches keep
/// theirs, so together eight watches would stop every other request. Watches use HTTP/1.1, where a dead connection
/// takes one watch with it and a silence can be noticed; so do requests, for the same behaviour through every proxy.
///
/// Whatever an answer takes to decode is done off the caller's executor, so that an actor on an event loop keeps its
/// timers.
package final class KubernetesClient: Sendable {
    package let configuration: ClientConfiguration
    package let limits: ClientLimits
    /// Sent with every request. YurtHub takes what stands before the `/` as the component's name, and caches by it.
    package let userAgent: String
    let logger: Logger
    let served = ServedVersions()
    /// What answers say of the server's time.
    package let serverClock = ServerClock()
    private let requests: HTTPClient
    private let watches: HTTPClient
    private let baseURL: String

    /// - Parameters:
    ///   - userAgent: fixed for a program, such as `toono-speaker`.
    ///   - eventLoopGroup: where the connections run; not shut down by the client.
    /// - Throws: if a certificate or key of the configuration does not parse.
    package init(
        configuration: ClientConfiguration, userAgent: String, eventLoopGroup: any EventLoopGroup, logger: Logger,
        limits: ClientLimits = ClientLimits()
    ) throws(ClientConfigurationError) {
        self.configuration = configuration
        self.userAgent = userAgent
        self.logger = logger
        self.limits = limits
        var settings = try HTTPClient.Configuration.makeForAPI(configuration, limits: limits)
        settings.timeout.read = TimeAmount(limits.answerTimeout)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = limits.concurrentRequests
        requests = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: settings)
        settings.timeout.read = TimeAmount(limits.watchSilence)
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        watches = HTTPClient(eventLoopGroup: eventLoopGroup, configuration: settings)

        var server = configuration.server
        server.host = configuration.tlsServerName ?? server.host
        baseURL = server.description
    }

    /// Ends all requests and watches and closes the connections. Must be called before the last reference goes.
    package func shutdown() async {
        for client in [watches, requests] {
            do {
                try await client.shutdown()
            } catch {
                logger.debug("connections did not close cleanly", metadata: ["error": "\(error)"])
            }
        }
    }

    /// Which pool a request takes.
    enum Pool { case requests, watches }

    /// Sends a request and gives its answer, whose head has arrived and whose status is a success.
    func open(_ request: APIRequest, on pool: Pool) async throws(KubernetesError) -> HTTPClientResponse {
        let prepared = try prepare(request)
        let response: HTTPClientResponse
        let start = ContinuousClock.now
        defer {
            Timer(label: "toono_api_request_seconds", dimensions: [("method", request.method.rawValue)])
                .record(duration: .now - start)
        }
        do {
            // The deadline reaches to the answer's head only; the body has the read timeout and `read`'s.
            let client = pool == .watches ? watches : requests
            response = try await client.execute(
                prepared, deadline: .now() + TimeAmount(limits.connectTimeout + limits.answerTimeout))
        } catch {
            throw KubernetesError(transport: error)
        }
        serverClock.note(response.headers.first(name: "Date"))
        guard (200..<300).contains(Int(response.status.code)) else { throw await refusal(response) }
        return response
    }

    /// Sends a request and gives the whole body of its answer, at most `maximumAnswer` long.
    func send(_ request: APIRequest) async throws(KubernetesError) -> ByteBuffer {
        let response = try await open(request, on: .requests)
        var body = ByteBuffer()
        try await read(response, maximum: limits.maximumAnswer, within: limits.totalTimeout) {
            (chunk) throws(KubernetesError) in
            body.writeImmutableBuffer(chunk)
        }
        return body
    }

    /// Hands the body of an answer over piece by piece.
    /// - Throws: `badAnswer` beyond `maximum` bytes, `timeout` beyond `time`, and what `body` throws.
    func read(
        _ response: HTTPClientResponse, maximum: Int, within time: Duration,
        _ body: (ByteBuffer) throws(KubernetesError) -> Void
    ) async throws(KubernetesError) {
        let end = ContinuousClock.now + time
        var length = 0
        do {
            for try await chunk in response.body {
                length += chunk.readableBytes
                guard length <= maximum else {
                    throw KubernetesError(.badAnswer, "the answer is longer than \(maximum) bytes")
                }
                guard ContinuousClock.now < end else {
                    throw KubernetesError(.timeout, "the answer took more than \(time)")
                }
                try body(chunk)
            }
        } catch {
            throw KubernetesError(transport: error)
        }
        if Task.isCancelled { throw KubernetesError(.cancelled, "") }
    }

    private func prepare(_ request: APIRequest) throws(KubernetesError) -> HTTPClientRequest {
        var prepared = HTTPClientRequest(url: baseURL + request.target)
        prepared.method = request.method
        prepared.headers.add(name: "Host", value: configuration.server.authority)
        prepared.headers.add(name: "User-Agent", value: userAgent)
        // YurtHub caches an answer only if plain JSON or protobuf is asked for first.
        prepared.headers.add(name: "Accept", value: "application/json")
        if let token = try configuration.token.current() {
            prepared.headers.add(name: "Authorization", value: "Bearer " + token)
        }
        if let body = request.body {
            prepared.headers.add(name: "Content-Type", value: request.contentType)
            prepared.body = .bytes(body)
        }
        return prepared
    }

    /// Reads what the server says about a request that it did not perform.
    private func refusal(_ response: HTTPClientResponse) async -> KubernetesError {
        let retryAfter = response.headers.first(name: "Retry-After").flatMap { UInt32($0) }.map { Duration.seconds($0) }
        var body = ByteBuffer()
        do throws(KubernetesError) {
            // A short limit: a proxy's error page is no reason to read on.
            try await read(response, maximum: 1 << 20, within: limits.answerTimeout) {
                (chunk) throws(KubernetesError) in
                body.writeImmutableBuffer(chunk)
            }
        } catch {
            logger.debug("the server's reason is unreadable", metadata: ["error": "\(error)"])
        }
        // What is no Status comes from something in between; the HTTP status says enough then.
        let answer = try? JSON.decode(StatusAnswer.self, from: body)
        return KubernetesError(status: Int(response.status.code), answer: answer, retryAfter: retryAfter)
    }
}
