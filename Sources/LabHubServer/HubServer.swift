import Hummingbird
package import Logging
import ServiceLifecycle
package import Telemetry

/// A hub on a socket, and its probes of the cloud.
package struct HubServer: Service {
    private let address: HTTPAddress
    private let host: HubHost
    private let cloud: Cloud
    private let probeInterval: Duration
    private let logger: Logger

    package init(
        address: HTTPAddress, host: HubHost, cloud: Cloud, probeInterval: Duration, logger: Logger
    ) {
        self.address = address
        self.host = host
        self.cloud = cloud
        self.probeInterval = probeInterval
        self.logger = logger
    }

    /// Serves until the service group shuts down.
    package func run() async throws {
        try await withThrowingTaskGroup { group in
            group.addTask { await probe() }
            group.addTask { try await application.run() }
            try await group.next()
            group.cancelAll()
        }
        try await cloud.shutdown()
    }

    private func probe() async {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            let isReady = await cloud.isReady()
            if await host.probed(succeeded: isReady) {
                logger.notice(isReady ? "the cloud is there" : "the cloud is gone")
            }
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: probeInterval) }
        }
    }

    private var application: Application<HubResponder> {
        var quiet = logger
        quiet.logLevel = max(logger.logLevel, .warning)
        return Application(
            responder: HubResponder(host: host, cloud: cloud),
            configuration: ApplicationConfiguration(
                address: .hostname(address.host ?? "127.0.0.1", port: Int(address.port))),
            logger: quiet)
    }
}
