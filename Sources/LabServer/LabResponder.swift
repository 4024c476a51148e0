import Hummingbird
import LabAPI
import NIOCore
import ServiceLifecycle

/// HTTP's side of the cluster: requests as values in, answers and streams out.
struct LabResponder: HTTPResponder {
    typealias Context = BasicRequestContext

    /// What kube-apiserver takes at most, in bytes.
    private static let maximumBody = 3 << 20

    let host: LabHost

    func respond(to request: Request, context: BasicRequestContext) async throws -> Response {
        var body = ByteBuffer()
        // The body of a watch is left alone: its end is how a client's going is noticed.
        if request.method != .get && request.method != .head {
            do {
                body = try await request.body.collect(upTo: Self.maximumBody)
            } catch is NIOTooManyBytesError {
                return Response(
                    APIResponse(
                        APIStatus(
                            code: 413, reason: "RequestEntityTooLarge",
                            message: "Request entity too large: limit is \(Self.maximumBody)")))
            }
        }
        let asked: APIRequest
        do {
            asked = try YAMLBody.converted(APIRequest(request, body: Array(body.readableBytesView)))
        } catch {
            return Response(APIResponse(error))
        }
        let answer = await host.handle(asked)
        guard case .watch(let watch) = answer.body, request.method != .head else {
            return Response(answer, isHead: request.method == .head)
        }
        return stream(watch, answer, request)
    }

    /// Sends a watch's lines as they come, until it ends, the client goes or the server shuts down.
    private func stream(_ watch: Watch, _ answer: APIResponse, _ request: Request) -> Response {
        var fields = answer.fields
        // Looking out for the client's going uses up what it sends, so nothing can follow on the connection.
        fields[.connection] = "close"
        return Response(
            status: .ok, headers: fields,
            body: .init { [host] writer in
                let (id, wakes) = await host.open(watch)
                do {
                    try await request.body.consumeWithCancellationOnInboundClose { _ in
                        for await _ in wakes.cancelOnGracefulShutdown() {
                            var isFinished = false
                            var hasMore = true
                            while hasMore {
                                let poll = await host.poll(id)
                                if !poll.lines.bytes.isEmpty {
                                    try await writer.write(ByteBuffer(bytes: poll.lines.bytes))
                                }
                                isFinished = poll.isFinished
                                hasMore = poll.lines.hasMore && !isFinished
                            }
                            if isFinished { break }
                        }
                        try Task.checkCancellation()
                        try await writer.finish(nil)
                    }
                } catch is CancellationError {
                    // The client has gone.
                } catch {
                    await host.close(id)
                    throw error
                }
                await host.close(id)
            })
    }
}
