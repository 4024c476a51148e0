import ArgumentParser
import ClusterConfiguration
import CommandOptions
import Controller
import FoundationEssentials
import Kubeconfig
import KubernetesClient
import KubernetesObjects
import Logging
import Metrics
import NIOPosix
import ServiceLifecycle
import Telemetry

/// `toono-controller`: gives Services their addresses, until SIGTERM.
@main
struct ControllerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toono-controller",
        abstract: "Gives Services of type LoadBalancer their addresses, from the pools of the configuration.")

    @Option(help: "A kubeconfig file. Default: the pod's service account.") var kubeconfig: String?
    @Option(help: "The namespace of the configuration. Default: the environment's POD_NAMESPACE, else metallb-system.")
    var namespace: String?
    @Option(help: "Serve Services of this loadBalancerClass only. Default: those without a class.") var lbClass: String?
    @Option(help: "Classes of OpenYurt's PoolServices that are served besides --lb-class, with commas, or none.")
    var poolServiceClasses = OpenYurt.classList
    @Option(help: "The name of the ConfigMap with a configuration as MetalLB up to 0.12 reads it.")
    var legacyConfig = "config"
    @Option(help: "The name of the Secret with the speakers' key, made if there is none. Default: none is made.")
    var helloKeySecret: String?
    @Option(
        help: """
            How long an address that was freed rests before another Service gets it, unless nothing else is free: 0s to \
            24h.
            """, transform: parseAddressRest)
    var addressRest = Duration.seconds(30)
    @Flag(help: "Stand by while another controller with this flag works. Without it, only one may run.")
    var leaderElect = false
    @OptionGroup var endpoint: EndpointOptions
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel = LogLevel.info
    @Option(help: "text or json.") var logFormat = LogFormat.text

    func run() async throws {
        let logger = bootstrapLogging(label: "toono-controller", level: logLevel, format: logFormat)
        do {
            try await serve(logger)
        } catch {
            throw ExitCode(CommandError(error).report(as: "toono-controller"))
        }
    }

    private func serve(_ logger: Logger) async throws {
        let environment = ProcessInfo.processInfo.environment
        var settings = ControllerSettings(
            namespace: namespace ?? environment["POD_NAMESPACE"] ?? "metallb-system", loadBalancerClass: lbClass,
            legacyConfigMap: legacyConfig, helloKeySecret: helloKeySecret)
        settings.rest = addressRest
        settings.poolServiceClasses = OpenYurt.classes(in: poolServiceClasses)
        let certificate = try endpoint.certificate(logger)
        let registry = Registry()
        try registry.registerProcessMetrics()
        try registry.register(ControllerMetrics.definitions)
        MetricsSystem.bootstrap(PrometheusMetricsFactory(registry))
        let readiness = Readiness(waitingFor: Controller.readinessCondition)
        let client = try apiClient(environment, logger)
        // Never twice the same, so that a lease of a former process is not taken for one's own.
        let name = environment["POD_NAME"] ?? ProcessInfo.processInfo.hostName
        let identity = leaderElect ? "\(name)_\(String(UInt64.random(in: .min ... .max), radix: 16))" : nil
        let service = ControllerService(
            settings: settings, client: client, identity: identity, readiness: readiness, logger: logger)
        var services: [any ServiceLifecycle.Service] = [service]
        let controller = service.controller
        if let server = endpoint.server(
            registry, readiness: readiness, routes: [.state { await controller.snapshot }], certificate: certificate,
            client: client, logger: logger)
        {
            services.append(server)
        }
        logger.notice(
            "starting", metadata: ["namespace": "\(settings.namespace)", "server": "\(client.configuration.server)"])
        do {
            try await runServices(services, gracePeriod: .seconds(5), logger: logger)
        } catch {
            await client.shutdown()
            throw error is LeaderElector.LeadershipLost ? CommandError(.unavailable, "\(error)") : error
        }
        await client.shutdown()
    }

    private func apiClient(_ environment: [String: String], _ logger: Logger) throws -> KubernetesClient {
        do {
            let configuration =
                try kubeconfig.map { (path) throws(ClientConfigurationError) in try Kubeconfig.load(path: path) }
                ?? ClientConfiguration.inCluster(environment: environment)
            return try KubernetesClient(
                configuration: configuration, userAgent: "toono-controller",
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        } catch {
            throw CommandError(.configuration, "\(error)")
        }
    }
}

@Sendable private func parseAddressRest(_ text: String) throws -> Duration {
    guard let duration = GoDuration.parse(text), duration >= .zero, duration <= .seconds(24 * 3600) else {
        throw ValidationError("\"\(text)\" is no duration from 0s to 24h, such as 30s or 5m")
    }
    return duration
}
