import Hummingbird
import NIOCore

/// Hummingbird's side of the routes.
struct TelemetryResponder: HTTPResponder {
    /// The longest body that a route takes.
    static let maximumBodyBytes = 65536

    let table: RouteTable

    func respond(to request: Request, context: TelemetryContext) async throws -> Response {
        let isHead = request.method == .head
        let match = table.match(
            method: request.method.rawValue, path: request.uri.path, isFromThisHost: context.isFromThisHost)
        switch match {
        case .refusal(let refusal): return response(refusal, isHead: isHead)
        case .route(let route):
            let authorization = request.headers[.authorization]
            let method = request.method.rawValue
            if let refusal = await table.refusal(route, method: method, authorization: authorization) {
                return response(refusal, isHead: isHead)
            }
            let body: ByteBuffer
            do {
                body = try await request.body.collect(upTo: Self.maximumBodyBytes)
            } catch is NIOTooManyBytesError {
                return response(.text("body too long", status: 413), isHead: isHead)
            }
            let parameters = request.uri.queryParameters.map { (String($0.key), String($0.value)) }
            let question = RouteRequest(
                query: Dictionary(parameters, uniquingKeysWith: { first, _ in first }),
                accept: request.headers[values: .accept].joined(separator: ","), body: Array(body.readableBytesView))
            return response(await table.answer(route, question), isHead: isHead)
        }
    }

    private func response(_ answer: RouteResponse, isHead: Bool) -> Response {
        var fields = HTTPFields()
        fields[.contentType] = answer.contentType
        fields[.contentLength] = "\(answer.body.count)"
        fields[.cacheControl] = "no-store"
        fields[.allow] = answer.allow
        fields[.wwwAuthenticate] = answer.challenge
        return Response(
            status: .init(code: answer.status), headers: fields,
            body: isHead ? .init() : .init(byteBuffer: ByteBuffer(bytes: answer.body)))
    }
}
