import Announcement
import ArgumentParser
import CommandOptions
import Eligibility
import FoundationEssentials
import Kubeconfig
import KubernetesClient
import KubernetesObjects
import Logging
import NIOCore
import NIOPosix
import Ownership
import ServiceLifecycle
import Speaker
import StateStore
import Telemetry

/// `toono-speaker`: runs until SIGTERM.
struct Run: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "run", abstract: "Announces until it is told to end.")

    @Option(help: "The name of this node in Kubernetes. Default: the environment's NODE_NAME.") var nodeName: String?
    @Option(help: "A kubeconfig file. Default: the pod's service account.") var kubeconfig: String?
    @Option(help: "The namespace of the configuration. Default: the environment's POD_NAMESPACE, else metallb-system.")
    var namespace: String?
    @Option(help: "Serve Services of this loadBalancerClass only. Default: those without a class.") var lbClass: String?
    @Option(help: "Classes of OpenYurt's PoolServices that are served besides --lb-class, with commas, or none.")
    var poolServiceClasses = OpenYurt.classList
    @Option(help: "A directory to remember the cluster in, for a start without the API server. Default: none.")
    var stateDir: String?
    @OptionGroup var endpoint: EndpointOptions
    @Option(help: "Time between two hellos: 10ms to 1s.", transform: parseDuration) var helloInterval: Duration =
        .milliseconds(100)
    @Option(help: "Silent hello intervals after which another speaker is gone: 3 to 10.") var helloMultiplier = 3
    @Option(help: "The UDP port of hellos, the same on all nodes.") var helloPort: UInt16 = 7471
    @Option(help: "A file with the key that speakers share: one or two lines of base64, 16 bytes or more each.")
    var helloKeyFile: String?
    @Flag(help: "Run without a key: anybody on the link can take addresses over.") var helloInsecure = false
    @Option(help: "A regular expression of the interfaces that take part. Default: all that are not excluded.")
    var interfaces: String?
    @Option(help: "A regular expression of the interfaces that do not.")
    var excludeInterfaces = LinkPolicy.defaultExclusions
    @Option(help: "auto, proxy or address: how IPv4 is answered. auto: proxy, unless the address is local elsewhere.")
    var l2Method: Method = .auto
    @Flag(help: "Announce also from nodes with the label node.kubernetes.io/exclude-from-external-load-balancers.")
    var ignoreExcludeLb = false
    @Option(
        help:
            "Where kube-proxy tells its health, asked before anything is announced: a URL; auto: \(DataPlaneProbe.defaultURL), on nodes where it once was good; off."
    )
    var dataPlaneHealth: DataPlaneHealth = .auto
    @Option(help: "After the node's boot nothing is announced for this long.", transform: parseDuration)
    var bootHold: Duration = .zero
    @Option(help: "The DaemonSet that the speaker is of: when it ends and that is gone, nothing stays in the kernel.")
    var daemonSet: String?
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel: LogLevel = .info
    @Option(help: "text or json.") var logFormat: LogFormat = .text

    enum Method: String, ExpressibleByArgument, CaseIterable { case auto, proxy, address }

    func run() async throws {
        do {
            try await serve()
        } catch {
            throw ExitCode(CommandError(error).report(as: "toono-speaker"))
        }
    }

    private func serve() async throws {
        let logger = bootstrapLogging(label: "toono-speaker", level: logLevel, format: logFormat)
        let settings = try announcementSettings()
        let keys = try helloKeys()
        let certificate = try endpoint.certificate(logger)
        try await requireCapabilities(node: settings.nodeName, logger)
        let registry = try startMetrics()
        let group = MultiThreadedEventLoopGroup(numberOfThreads: 4)
        let client = try apiClient(on: group, logger)
        let node = settings.nodeName
        let space = namespace ?? ProcessInfo.processInfo.environment["POD_NAMESPACE"] ?? "metallb-system"
        let events = EventRecorder(client: client, component: "toono-speaker", host: node, logger: logger)
        let statuses = StatusWriter(client: client, node: node, namespace: space, logger: logger)
        let reporter = Reporter(node: node, events: events, statuses: statuses, logger: logger)
        let keeper = stateDir.map { StateKeeper(store: StateStore(directory: $0), logger: logger) }
        let loop = try speakerLoop(
            settings, keys, group.next(), group.next(), reporter, keeper, client.serverClock, logger)
        let probe =
            dataPlaneHealth == .off
            ? nil : DataPlaneProbe(url: dataPlaneHealth.url, loop: loop, eventLoopGroup: group)
        let routeStatuses = RouteStatusWriter(client: client, node: node, namespace: space, logger: logger)
        let routeReporter = RouteReporter(node: node, events: events, statuses: routeStatuses, logger: logger)
        let routes = RouteLoop(
            node: node, policy: settings.eligibility, on: group.next(), bfd: BFDLoop(on: group.next(), logger: logger),
            observer: routeReporter, logger: logger,
            onAddresses: { loop.setRouted($0) })
        let readiness = Readiness(waitingFor: "cluster", "kernel")
        let feeds = ClusterFeeds(
            client: client, namespace: space, loop: loop,
            reporter: ConfigurationReporter(client: client, node: node, namespace: space, logger: logger),
            readiness: readiness, logger: logger)
        let speaker = SpeakerService(
            loop: loop, feeds: feeds, events: events, statuses: statuses, keeper: keeper, routes: routes,
            routeStatuses: routeStatuses, namespace: space, client: client,
            helloKeyFile: helloKeyFile, dataPlane: probe, bootHold: bootHold,
            removal: daemonSet.map { RemovalWatch(client: client, namespace: space, name: $0, logger: logger) },
            readiness: readiness, logger: logger)
        var services: [any ServiceLifecycle.Service] = [speaker]
        if let server = endpoint.server(
            registry, readiness: readiness, routes: [.state { await loop.state(with: routes) }],
            certificate: certificate, client: client, logger: logger)
        {
            services.append(server)
        }
        try await runServices(services, gracePeriod: .seconds(10), logger: logger)
    }
}
