import Glibc
import Hummingbird
import HummingbirdCore
package import Logging
package import NIOCore
import ServiceLifecycle

/// The process's HTTP endpoint: `/healthz` and `/readyz` for anyone, `/metrics` for anyone or for who may, and the routes
/// that the process adds. It holds no state and can be left out; without the flag `--http` there is none.
package struct TelemetryServer: Service {
    /// Connections beyond this wait in the kernel's queue: scrapers and probes need a handful.
    private static let maximumConnections = 64
    /// Between two tries to listen on an address that is in use.
    private static let pause: Duration = .milliseconds(100)

    private let address: HTTPAddress
    private let patience: Duration
    private let table: RouteTable
    private let certificate: ServerCertificate?
    private let eventLoopGroup: (any EventLoopGroup)?
    private let onListening: @Sendable (_ port: Int) -> Void
    private let logger: Logger

    /// - Parameters:
    ///   - routes: further routes, `Route.state { … }` among them.
    ///   - certificate: nil for plain HTTP.
    ///   - authorizer: decides who may have `/metrics`; nil for anyone.
    ///   - patience: how long an address that is in use is tried again. A process that was killed can hold its socket a
    ///     moment longer than its successor needs to start, and the rest of the successor works without this endpoint.
    ///   - eventLoopGroup: nil for NIO's own singleton.
    ///   - onListening: called with the port in use once connections are taken.
    package init(
        address: HTTPAddress, registry: Registry, readiness: Readiness, liveness: Liveness = Liveness(),
        routes: [Route] = [], certificate: ServerCertificate? = nil, authorizer: (any AccessAuthorizer)? = nil,
        patience: Duration = .seconds(5), eventLoopGroup: (any EventLoopGroup)? = nil, logger: Logger,
        onListening: @escaping @Sendable (_ port: Int) -> Void = { _ in }
    ) {
        self.address = address
        self.patience = patience
        self.eventLoopGroup = eventLoopGroup
        self.onListening = onListening
        self.logger = logger
        let standard: [Route] = [.health(liveness), .readiness(readiness), .metrics(registry)]
        self.certificate = certificate
        table = RouteTable(standard + routes, authorizer: authorizer, logger: logger)
    }

    /// Serves until the service group shuts down.
    ///
    /// - Throws: `CommandError` with exit code 78 when the address cannot be listened on.
    package func run() async throws {
        do {
            try await listen()
        } catch let error as IOError {
            throw CommandError(.configuration, "--http \(address): \(Self.reason(of: error))")
        } catch is SocketAddressError.UnknownHost {
            throw CommandError(.configuration, "--http \(address): the name has no address")
        }
    }

    private func listen() async throws {
        let start = ContinuousClock.now
        while true {
            do {
                return try await listenOnce()
            } catch let error as IOError where error.errnoCode == EADDRINUSE && ContinuousClock.now - start < patience {
                try await Task.sleep(for: Self.pause)
            }
        }
    }

    private func listenOnce() async throws {
        if let host = address.host {
            try await serve(on: host)
            return
        }
        do {
            // Takes IPv4 as well, as an IPv6 socket does unless the sysctl bindv6only is set (ipv6(7)).
            try await serve(on: "::")
        } catch let error as IOError where error.errnoCode == EAFNOSUPPORT {
            try await serve(on: "0.0.0.0")
        }
    }

    private func serve(on host: String) async throws {
        // The framework's own words are for people who debug it; what an operator wants to know is logged here.
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        let application = Application(
            responder: TelemetryResponder(table: table),
            server: connections,
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: Int(address.port)),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.maximumConnections, logger: quiet)),
            onServerRunning: { [logger, onListening, certificate] channel in
                guard let address = channel.localAddress else { return }
                logger.notice(
                    certificate == nil ? "serving http" : "serving https",
                    metadata: ["address": .string(Self.text(of: address))])
                onListening(address.port ?? 0)
            },
            eventLoopGroupProvider: eventLoopGroup.map { .shared($0) } ?? .singleton,
            logger: quiet)
        try await application.run()
    }

    /// What a connection is: HTTP/1, within TLS if there is a certificate.
    private var connections: HTTPServerBuilder {
        let configuration = HTTP1Channel.Configuration(
            idleTimeout: .seconds(60),
            httpDecoderConfiguration: .init(
                maxHeaderFieldSize: 16384, maxHeaderListSize: 16384, maxHeaderFieldCount: 100))
        guard let certificate else { return .http1(configuration: configuration) }
        return HTTPServerBuilder { responder in
            TLSChildChannel(
                base: HTTP1Channel(responder: responder, configuration: configuration), certificate: certificate)
        }
    }

    private static func text(of address: SocketAddress) -> String {
        guard let host = address.ipAddress, let port = address.port else { return "\(address)" }
        return host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
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
