import Announcement
import AsyncHTTPClient
import Glibc
package import NIOCore
import NIOHTTP1
import NIOPosix

/// Asks kube-proxy how it is, over and over, and tells the speaker.
package struct DataPlaneProbe: Sendable {
    /// Where kube-proxy listens unless told otherwise (`--healthz-bind-address`).
    package static let defaultURL = "http://127.0.0.1:10256/healthz"
    private static let answerTimeout: TimeAmount = .seconds(2)

    private let url: String
    private let loop: SpeakerLoop
    private let client: HTTPClient

    /// - Parameter url: `http://HOST:PORT/PATH`.
    package init(url: String, loop: SpeakerLoop, eventLoopGroup: any EventLoopGroup) {
        self.url = url
        self.loop = loop
        var settings = HTTPClient.Configuration()
        settings.redirectConfiguration = .disallow
        settings.httpVersion = .http1Only
        settings.connectionPool.retryConnectionEstablishment = false
        settings.timeout.connect = Self.answerTimeout
        client = HTTPClient(eventLoopGroupProvider: .shared(eventLoopGroup), configuration: settings)
    }

    /// Asks until the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            let health = await ask()
            guard let pause = await loop.noteDataPlane(health), (try? await Task.sleep(for: pause)) != nil else {
                break
            }
        }
        // A client that cannot be shut down has nothing left to lose: the process ends.
        try? await client.shutdown()
    }

    private func ask() async -> DataPlane.Health {
        do {
            let answer = try await client.execute(HTTPClientRequest(url: url), timeout: Self.answerTimeout)
            // Read to its end, so that the connection is used again.
            _ = try await answer.body.collect(upTo: 1 << 16)
            return answer.status == .ok ? .good : .bad("answers \(answer.status.code)")
        } catch {
            return .bad("does not answer: \(Self.words(of: error))")
        }
    }

    private static func words(of error: any Error) -> String {
        switch error {
        case let error as HTTPClientError where error == .connectTimeout || error == .deadlineExceeded: "timed out"
        case let error as NIOConnectionError:
            (error.connectionErrors.first?.error as? IOError)?.errnoCode == ECONNREFUSED
                ? "connection refused" : "cannot connect"
        case let error as IOError: error.errnoCode == ECONNREFUSED ? "connection refused" : error.description
        default: "\(error)"
        }
    }
}
