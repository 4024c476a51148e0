package import Logging
package import ServiceLifecycle
import UnixSignals

/// Runs services until one of them ends or fails, or SIGTERM or SIGINT asks for a graceful shutdown: services end in
/// reverse order, each when the ones after it have ended.
///
/// - Parameters:
///   - gracePeriod: after it, services that have not ended are cancelled. Keep it below the pod's
///     `terminationGracePeriodSeconds`.
/// - Throws: the error of the service that failed.
package func runServices(_ services: [any Service], gracePeriod: Duration, logger: Logger) async throws {
    var configuration = ServiceGroupConfiguration(
        services: services.map { .init(service: $0) }, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    configuration.maximumGracefulShutdownDuration = gracePeriod
    try await ServiceGroup(configuration: configuration).run()
}
