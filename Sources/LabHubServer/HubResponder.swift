import AsyncHTTPClient
import Hummingbird
import LabAPI
import LabHub
import LabServer
import NIOCore
import ServiceLifecycle

/// HTTP's side of the hub.
struct HubResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    private static let maximumBody = 64 << 20

    let host: HubHost
    let cloud: Cloud

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        var body = ByteBuffer()
        // The body of a read is left alone: its end is how a client's going is noticed.
        if request.method != .get && request.method != .head {
            body = try await request.body.collect(upTo: Self.maximumBody)
        }
        let asked = APIRequest(request, body: Array(body.readableBytesView))
        switch await host.decide(asked) {
        case .answer(let answer): return Response(answer, isHead: request.method == .head)
        case .hold(let until): return hold(request, until: until)
        case .forward: return await forward(asked, request)
        }
    }

    private func forward(_ asked: APIRequest, _ request: Request) async -> Response {
        do {
            let answer = try await cloud.open(asked, target: request.uri.string)
            if HubRequest(asked)?.verb == .watch, answer.status == 200 { return stream(answer, asked, request) }
            let body = try await answer.body.collect(upTo: Self.maximumBody)
            let sent = await host.answered(asked, status: answer.status, body: Array(body.readableBytesView))
            return Response(
                APIResponse(status: answer.status, headers: answer.headers, body: .bytes(sent)),
                isHead: request.method == .head)
        } catch {
            return Response(await host.failed(asked), isHead: request.method == .head)
        }
    }

    /// A watch that stays open without a word until the time has come or the cloud is there again.
    private func hold(_ request: Request, until: ContinuousClock.Instant) -> Response {
        watch(request) { _, changes in
            await withTaskGroup { group in
                group.addTask { for await _ in changes.cancelOnGracefulShutdown() {} }
                group.addTask { try? await Task.sleep(until: until, clock: .continuous) }
                await group.next()
                group.cancelAll()
            }
        }
    }

    /// A watch that goes through, and is kept on the way, until either side ends it or the cloud is gone.
    private func stream(_ answer: Cloud.Answer, _ asked: APIRequest, _ request: Request) -> Response {
        watch(request) { [host] writer, changes in
            let (chunks, pipe) = AsyncThrowingStream.makeStream(of: ByteBuffer.self)
            try await withThrowingTaskGroup { group in
                group.addTask {
                    for await _ in changes.cancelOnGracefulShutdown() {}
                    pipe.finish()
                }
                group.addTask {
                    do {
                        for try await chunk in answer.body { pipe.yield(chunk) }
                        pipe.finish()
                    } catch {
                        pipe.finish(throwing: error)
                    }
                }
                var lines = LineSplitter()
                for try await chunk in chunks {
                    await host.watched(asked, lines: lines.take(chunk.readableBytesView))
                    try await writer.write(chunk)
                }
                group.cancelAll()
            }
        }
    }

    /// An answer that `body` writes until it returns, the client goes or `body` throws.
    /// - Parameter body: its second argument ends when the cloud comes or goes.
    private func watch(
        _ request: Request,
        _ body: @escaping @concurrent @Sendable (inout any ResponseBodyWriter, AsyncStream<Void>) async throws -> Void
    ) -> Response {
        // Looking out for the client's going uses up what it sends, so nothing can follow on the connection.
        Response(
            status: .ok, headers: [.contentType: "application/json", .connection: "close"],
            body: .init { [host] writer in
                let (id, changes) = await host.listen()
                do {
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        try await body(&writer, changes)
                        try Task.checkCancellation()
                        try await writer.finish(nil)
                    }
                } catch is CancellationError {
                    // The client has gone.
                } catch {
                    await host.forget(id)
                    throw error
                }
                await host.forget(id)
            })
    }
}

/// Puts a watch's lines together from the pieces they come in.
private struct LineSplitter {
    private var rest: [UInt8] = []

    /// The lines that are complete now.
    mutating func take(_ bytes: ByteBufferView) -> [[UInt8]] {
        rest.append(contentsOf: bytes)
        var lines = rest.split(separator: UInt8(ascii: "\n"), omittingEmptySubsequences: false).map(Array.init)
        rest = lines.popLast() ?? []
        return lines.filter { !$0.isEmpty }
    }
}
