import Addresses
import Announcement
import ArgumentParser
import Eligibility
import FoundationEssentials
import Kernel
import Kubeconfig
import KubernetesClient
import KubernetesObjects
import Logging
import Metrics
import NIOCore
import NIOPosix
import Ownership
import Reasons
import ServiceLifecycle
import Speaker
import Telemetry

/// The parts that `Run` puts together, each with the error that a person reads.
extension Run {
    func announcementSettings() throws -> AnnouncementSession.Settings {
        guard let node = nodeName ?? ProcessInfo.processInfo.environment["NODE_NAME"], !node.isEmpty else {
            throw CommandError(.usage, "--node-name is missing, and NODE_NAME is not set")
        }
        var ownership = OwnershipSettings(nodeName: node, mac: .zero)
        ownership.helloInterval = helloInterval
        ownership.multiplier = helloMultiplier
        do { try ownership.validate() } catch {
            throw CommandError(.usage, "\(Self.flag(of: error)) must be \(error.allowed)")
        }
        do {
            return AnnouncementSession.Settings(
                nodeName: node, ownership: ownership,
                links: try LinkPolicy(including: interfaces, excluding: excludeInterfaces),
                eligibility: .init(
                    loadBalancerClass: lbClass, ignoresExcludeLabel: ignoreExcludeLb,
                    poolServiceClasses: OpenYurt.classes(in: poolServiceClasses)),
                method: l2Method == .auto ? nil : AnnouncementMethod(rawValue: l2Method.rawValue))
        } catch {
            throw CommandError(.usage, "\(error)")
        }
    }

    /// The flag that sets a figure.
    private static func flag(of error: OwnershipSettingsError) -> String {
        switch error.name {
        case "nodeName": "--node-name"
        case "helloInterval": "--hello-interval"
        case "multiplier": "--hello-multiplier"
        default: error.name
        }
    }

    func helloKeys() throws -> OwnershipKeys {
        if let helloKeyFile {
            do { return try HelloKeys.load(path: helloKeyFile) } catch {
                throw CommandError(.configuration, "\(error)")
            }
        }
        guard helloInsecure else {
            throw CommandError(
                .configuration, "no hello key: give --hello-key-file, or --hello-insecure on a link that you trust")
        }
        return .insecure
    }

    /// NET_ADMIN to change the kernel's state, NET_RAW to speak ARP. Who lacks one says so where others look, too.
    func requireCapabilities(node: String, _ logger: Logger) async throws {
        let missing = try Capabilities.missing([.netAdmin, .netRaw])
        guard !missing.isEmpty else { return }
        let names = missing.map(\.description).joined(separator: ", ")
        // Without a way to the API the log and the exit status have to do.
        if let client = try? apiClient(on: MultiThreadedEventLoopGroup.singleton, logger) {
            let events = EventRecorder(client: client, component: "toono-speaker", host: node, logger: logger)
            await events.leave(
                .warning, reason: "capabilityMissing",
                message:
                    "node \"\(node)\": \(Reason.capabilityMissing.rawValue): the speaker lacks \(names) and does not start",
                // As kubelets refer to their nodes.
                regarding: ObjectReference(
                    apiVersion: Node.apiVersion, kind: Node.kind, namespace: "", name: node, uid: node))
            await client.shutdown()
        }
        throw CommandError(.noPermission, "missing capability \(names)")
    }

    func startMetrics() throws -> Registry {
        let registry = Registry()
        try registry.registerProcessMetrics()
        try registry.register(SpeakerMetrics.definitions)
        MetricsSystem.bootstrap(PrometheusMetricsFactory(registry))
        return registry
    }

    func apiClient(on group: any EventLoopGroup, _ logger: Logger) throws -> KubernetesClient {
        do {
            let configuration =
                try kubeconfig.map { (path) throws(ClientConfigurationError) in try Kubeconfig.load(path: path) }
                ?? ClientConfiguration.inCluster(environment: ProcessInfo.processInfo.environment)
            return try KubernetesClient(
                configuration: configuration, userAgent: "toono-speaker", eventLoopGroup: group, logger: logger)
        } catch {
            throw CommandError(.configuration, "\(error)")
        }
    }

    func speakerLoop(
        _ settings: AnnouncementSession.Settings, _ keys: OwnershipKeys, _ loop: any EventLoop,
        _ sinkLoop: any EventLoop,
        _ observer: Reporter,
        _ keeper: StateKeeper?, _ serverClock: ServerClock, _ logger: Logger
    ) throws -> SpeakerLoop {
        do {
            return try SpeakerLoop(
                settings: settings, keys: keys, helloPort: helloPort, on: loop,
                sinkLoop: sinkLoop, observer: observer, keeper: keeper, dataPlane: dataPlaneHealth.dataPlane,
                serverClock: serverClock, logger: logger)
        } catch {
            throw CommandError(.systemError, "\(error)")
        }
    }
}

/// A duration with its unit: `10ms`, `1s`.
@Sendable func parseDuration(_ text: String) throws -> Duration {
    let digits = text.prefix { $0.isNumber }
    guard let number = Int(digits), number < 1_000_000 else {
        throw ValidationError("\"\(text)\" is no duration such as 100ms or 1s")
    }
    switch text.dropFirst(digits.count) {
    case "ms": return .milliseconds(number)
    case "s": return .seconds(number)
    default: throw ValidationError("\"\(text)\" has no unit: ms or s")
    }
}
