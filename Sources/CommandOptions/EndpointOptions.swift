import AccessReview
package import ArgumentParser
package import KubernetesClient
package import Logging
package import Telemetry

/// The flags of the HTTP endpoint that controller and speakers have alike.
package struct EndpointOptions: ParsableArguments {
    @Option(
        help: "HOST:PORT of /healthz, /readyz, /metrics and /state. Default: none.", transform: { try HTTPAddress($0) })
    package var http: HTTPAddress?
    @Option(
        help: "A file with the endpoint's certificate and those above it, as PEM: it speaks TLS. Default: plain HTTP.")
    package var httpCertificateFile: String?
    @Option(help: "A file with the key of the certificate, as PEM. Both are read again when they change.")
    package var httpKeyFile: String?
    @Flag(help: "Give /metrics only to those whose bearer token the API server knows and lets get /metrics. Needs TLS.")
    package var metricsAuthorization = false

    package init() {}

    /// The certificate that the flags name, if they do.
    /// - Throws: for flags that make no sense together, and files that cannot be used.
    package func certificate(_ logger: Logger) throws(CommandError) -> ServerCertificate? {
        let certificate = try ServerCertificate.load(
            certificateFile: httpCertificateFile, keyFile: httpKeyFile, logger: logger)
        try ServerCertificate.require(certificate, forAuthorization: metricsAuthorization)
        return certificate
    }

    /// The endpoint, if one is asked for.
    /// - Parameter client: the way to the API server, which says who may read metrics.
    package func server(
        _ registry: Registry, readiness: Readiness, routes: [Route], certificate: ServerCertificate?,
        client: KubernetesClient, logger: Logger
    ) -> TelemetryServer? {
        http.map {
            TelemetryServer(
                address: $0, registry: registry, readiness: readiness, routes: routes, certificate: certificate,
                authorizer: metricsAuthorization ? TokenAuthorizer(client: client) : nil, logger: logger)
        }
    }
}

extension LogLevel: ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}
