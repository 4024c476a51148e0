import AsyncHTTPClient
import LabAPI
package import NIOCore
import NIOHTTP1

/// The way to the API server that a hub stands in front of.
package struct Cloud: Sendable {
    /// How long a node's health probe may take, and here any other request too.
    private static let answerTimeout = TimeAmount.seconds(2)
    /// Headers that are about one connection (RFC 9110 7.6.1), and those that the client sets itself.
    private static let ownHeaders: Set<String> = [
        "connection", "host", "content-length", "transfer-encoding", "accept-encoding", "te", "upgrade",
    ]

    struct Answer: Sendable {
        var status: Int
        var headers: [(name: String, value: String)]
        var body: HTTPClientResponse.Body
    }

    private let server: String
    private let client: HTTPClient

    /// - Parameter server: `http://HOST:PORT`.
    package init(server: String, eventLoopGroup: any EventLoopGroup) {
        self.server = server
        var settings = HTTPClient.Configuration()
        settings.redirectConfiguration = .disallow
        settings.httpVersion = .http1Only
        settings.connectionPool.retryConnectionEstablishment = false
        settings.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 1024
        settings.timeout.connect = Self.answerTimeout
        client = HTTPClient(eventLoopGroupProvider: .shared(eventLoopGroup), configuration: settings)
    }

    package func shutdown() async throws { try await client.shutdown() }

    /// Whether the API server says that it is ready.
    package func isReady() async -> Bool {
        do {
            let answer = try await client.execute(
                HTTPClientRequest(url: server + "/readyz"), timeout: Self.answerTimeout)
            _ = try await answer.body.collect(upTo: 1 << 16)
            return answer.status == .ok
        } catch {
            return false
        }
    }

    /// The answer's head; its body follows.
    /// - Parameter target: path and query, encoded.
    func open(_ request: APIRequest, target: String) async throws -> Answer {
        var handedOn = HTTPClientRequest(url: server + target)
        handedOn.method = HTTPMethod(rawValue: request.method)
        for (name, value) in request.headers where !Self.ownHeaders.contains(name) {
            handedOn.headers.add(name: name, value: value)
        }
        if !request.body.isEmpty { handedOn.body = .bytes(ByteBuffer(bytes: request.body)) }
        let answer = try await client.execute(handedOn, timeout: Self.answerTimeout)
        let headers = answer.headers.filter { !Self.ownHeaders.contains($0.name.lowercased()) }
        return Answer(
            status: Int(answer.status.code), headers: headers.map { ($0.name.lowercased(), $0.value) },
            body: answer.body)
    }
}
