/// Why the API did not do what it was asked.
package struct KubernetesError: Error, Sendable, CustomStringConvertible {
    /// What a caller decides by.
    package enum Code: Sendable, Hashable {
        case notFound
        /// Somebody else changed the object in between; read it again.
        case conflict
        case alreadyExists
        /// A resource version or a continue token that the server no longer remembers (410).
        case gone
        /// Also a token that cannot be read. Worth a retry: the token file is replaced while a node is offline.
        case unauthorized
        case forbidden
        /// The server read the object and refuses it (422).
        case invalid
        case tooManyRequests
        /// No answer in time, from the server or from something behind it.
        case timeout
        /// No connection, or one that broke.
        case unreachable
        /// Any other 5xx.
        case serverError(status: Int)
        /// Any other status: the request itself is wrong for this server.
        case rejected(status: Int)
        /// An answer that is not what the API promises: not JSON, cut short, too large.
        case badAnswer
        /// The caller's task was cancelled.
        case cancelled
    }

    package var code: Code
    /// The server's own words where it gave any.
    package var message: String
    package var cause: (any Error)?
    /// How long the server asks to be left alone (`Retry-After`, on 429 and 503).
    package var retryAfter: Duration?
    /// The server does not know the asked resource version yet (`ResourceVersionTooLarge`).
    package var isVersionTooLarge = false

    package init(_ code: Code, _ message: String, cause: (any Error)? = nil, retryAfter: Duration? = nil) {
        self.code = code
        self.message = message
        self.cause = cause
        self.retryAfter = retryAfter
    }

    package var description: String { message.isEmpty ? "\(code)" : "\(code): \(message)" }

    /// True if the same request may succeed later without anybody changing anything about it.
    package var isTransient: Bool {
        switch code {
        case .unauthorized, .tooManyRequests, .timeout, .unreachable, .serverError, .badAnswer: true
        case .notFound, .conflict, .alreadyExists, .gone, .forbidden, .invalid, .rejected, .cancelled: false
        }
    }
}

extension KubernetesError.Code: CustomStringConvertible {
    /// For people: `conflict`, `server error 503`.
    package var description: String {
        switch self {
        case .notFound: "notFound"
        case .conflict: "conflict"
        case .alreadyExists: "alreadyExists"
        case .gone: "gone"
        case .unauthorized: "unauthorized"
        case .forbidden: "forbidden"
        case .invalid: "invalid"
        case .tooManyRequests: "tooManyRequests"
        case .timeout: "timeout"
        case .unreachable: "unreachable"
        case .serverError(let status): "server error \(status)"
        case .rejected(let status): "rejected with \(status)"
        case .badAnswer: "badAnswer"
        case .cancelled: "cancelled"
        }
    }
}

extension KubernetesError {
    /// An answer whose status is no success (Kubernetes API conventions, "Response Status Kind").
    init(status: Int, answer: StatusAnswer?, retryAfter: Duration?) {
        self.init(Self.code(status: status, reason: answer?.reason), answer?.message ?? "", retryAfter: retryAfter)
        if message.isEmpty { message = "the server answered \(status)" }
        if self.retryAfter == nil { self.retryAfter = answer?.details?.retryAfterSeconds.map { .seconds($0) } }
        isVersionTooLarge = answer?.details?.causes?.contains { $0.reason == "ResourceVersionTooLarge" } ?? false
    }

    private static func code(status: Int, reason: String?) -> Code {
        switch status {
        case 401: .unauthorized
        case 403: .forbidden
        case 404: .notFound
        case 408, 504: .timeout
        case 409: reason == "AlreadyExists" ? .alreadyExists : .conflict
        case 410: .gone
        case 422: .invalid
        case 429: .tooManyRequests
        case 500...: .serverError(status: status)
        default: .rejected(status: status)
        }
    }
}

/// The `Status` object that the server answers errors with (`metav1.Status`).
struct StatusAnswer: Decodable {
    struct Details: Decodable {
        var causes: [Cause]?
        var retryAfterSeconds: Int?
    }

    struct Cause: Decodable {
        var reason: String?
    }

    var code: Int?
    var reason: String?
    var message: String?
    var details: Details?
}
