import AsyncHTTPClient
import NIOCore
import NIOPosix
import NIOSSL

extension KubernetesError {
    /// What stopped a request on its way, where no answer did.
    init(transport error: any Error) {
        switch error {
        case let error as KubernetesError:
            self = error
        case is CancellationError:
            self.init(.cancelled, "", cause: error)
        case let error as HTTPClientError:
            switch error {
            case .cancelled, .requestStreamCancelled, .alreadyShutdown:
                self.init(.cancelled, error.shortDescription, cause: error)
            case .readTimeout, .writeTimeout, .deadlineExceeded:
                self.init(.timeout, error.shortDescription, cause: error)
            default:
                self.init(.unreachable, error.shortDescription, cause: error)
            }
        case let error as NIOConnectionError:
            let reason = error.connectionErrors.first.map { "\($0.target): \($0.error)" }
            self.init(.unreachable, "\(error.host):\(error.port): \(reason ?? "the name has no address")", cause: error)
        case let error as NIOSSLError:
            self.init(.unreachable, "TLS: \(error)", cause: error)
        default:
            self.init(.unreachable, "\(error)", cause: error)
        }
    }
}
