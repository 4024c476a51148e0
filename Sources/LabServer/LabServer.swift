import Glibc
import Hummingbird
import HummingbirdCore
package import Logging
import NIOCore
import ServiceLifecycle
package import Telemetry

/// The lab's Kubernetes API on a socket, in plain HTTP.
package struct LabServer: Service {
    private let address: HTTPAddress
    private let host: LabHost
    private let logger: Logger
    private let onListening: @Sendable (_ port: Int) -> Void

    /// - Parameter onListening: called with the port in use once connections are taken.
    package init(
        address: HTTPAddress, host: LabHost, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        self.address = address
        self.host = host
        self.logger = logger
        self.onListening = onListening
    }

    /// Serves until the service group shuts down.
    ///
    /// - Throws: `CommandError` with exit code 78 when the address cannot be listened on.
    package func run() async throws {
        do {
            try await application.run()
        } catch let error as IOError {
            throw CommandError(.configuration, "--listen \(address): \(Self.reason(of: error))")
        } catch is SocketAddressError.UnknownHost {
            throw CommandError(.configuration, "--listen \(address): the name has no address")
        }
    }

    /// The server without its errors' words.
    var application: Application<LabResponder> {
        // The framework's own words are for people who debug it; what an operator wants to know is logged here.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return Application(
            responder: LabResponder(host: host),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host ?? "0.0.0.0", port: Int(address.port))),
            onServerRunning: { [logger, onListening] channel in
                let address = channel.localAddress
                logger.notice(
                    "serving the kubernetes api",
                    metadata: ["address": "\(address?.ipAddress ?? ""):\(address?.port ?? 0)"])
                onListening(address?.port ?? 0)
            },
            logger: quiet)
    }

    private static func reason(of error: IOError) -> String {
        switch error.errnoCode {
        case EADDRINUSE: "the address is already in use"
        case EADDRNOTAVAIL: "this host does not have the address"
        case EACCES: "this user may not listen on the port"
        default: "\(error)"
        }
    }
}
