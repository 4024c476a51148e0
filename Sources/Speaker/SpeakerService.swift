package import KubernetesClient
package import Logging
import Ownership
import ServiceLifecycle
import StateStore
package import Telemetry

/// A speaker as a part of a process: follows the cluster, announces, reports; on shutdown it says that it will be back
/// and leaves the kernel as it is, so that a restart moves nothing. One that was removed leaves nothing.
package struct SpeakerService: ServiceLifecycle.Service {
    private let loop: SpeakerLoop
    private let feeds: ClusterFeeds
    private let events: EventRecorder
    private let statuses: StatusWriter
    private let keeper: StateKeeper?
    private let routes: RouteLoop
    private let routeStatuses: RouteStatusWriter
    private let secrets: SecretReader
    private let client: KubernetesClient
    private let helloKeyFile: String?
    private let dataPlane: DataPlaneProbe?
    private let bootHold: Duration
    private let removal: RemovalWatch?
    private let readiness: Readiness
    private let logger: Logger

    /// - Parameters:
    ///   - dataPlane: who asks kube-proxy how it is; nil where nobody does.
    ///   - bootHold: for how long after the node's boot nothing is announced.
    ///   - removal: tells at the end whether another speaker will follow; nil where one always does.
    package init(
        loop: SpeakerLoop, feeds: ClusterFeeds, events: EventRecorder, statuses: StatusWriter, keeper: StateKeeper?,
        routes: RouteLoop, routeStatuses: RouteStatusWriter, namespace: String,
        client: KubernetesClient, helloKeyFile: String?, dataPlane: DataPlaneProbe?, bootHold: Duration,
        removal: RemovalWatch?, readiness: Readiness, logger: Logger
    ) {
        self.loop = loop
        self.feeds = feeds
        self.events = events
        self.statuses = statuses
        self.keeper = keeper
        self.routes = routes
        self.routeStatuses = routeStatuses
        secrets = SecretReader(client: client, namespace: namespace, routes: routes, logger: logger)
        self.client = client
        self.helloKeyFile = helloKeyFile
        self.dataPlane = dataPlane
        self.bootHold = bootHold
        self.removal = removal
        self.readiness = readiness
        self.logger = logger
    }

    package func run() async throws {
        await loop.attach(routes)
        try await loop.start()
        routes.startMetrics()
        let memory = await keeper?.load() ?? SpeakerMemory()
        await loop.beginDataPlane(knowing: memory, hold: bootHold - SleepClock.uptime)
        if await loop.restore(memory) { readiness.meet("cluster") }
        readiness.meet("kernel")
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await feeds.run(knowing: memory) }
                group.addTask { await keeper?.run { await loop.remembered($0) } }
                group.addTask { await events.run() }
                group.addTask { await statuses.run() }
                group.addTask { await feeds.reporter.run() }
                group.addTask { await routeStatuses.run() }
                group.addTask { await secrets.run() }
                group.addTask { await dataPlane?.run() }
                group.addTask { await watchKeys() }
                group.addTask { await removal?.run() }
            }
        }
        // routers first: they are told while the kernel still forwards
        if await removal?.isRemoval() == true {
            logger.notice("the speaker was removed: it leaves nothing behind")
            await routes.endForGood()
            await loop.endForGood()
        } else {
            await routes.endForRestart()
            await loop.endForRestart()
        }
        keeper?.note(.ownership)
        await keeper?.saveDue { await loop.remembered($0) }
        await client.shutdown()
    }

    /// Reads the key file again each ten seconds: a mounted Secret changes without notice. A file that is wrong for now
    /// changes nothing.
    private func watchKeys() async {
        guard let helloKeyFile else { return }
        var inForce = try? HelloKeys.load(path: helloKeyFile)
        while (try? await Task.sleep(for: .seconds(10))) != nil {
            do {
                let keys = try HelloKeys.load(path: helloKeyFile)
                guard keys != inForce else { continue }
                inForce = keys
                await loop.setKeys(keys)
                logger.notice("the hello keys changed")
            } catch {
                logger.error("the hello keys stay as they are", metadata: ["error": "\(error)"])
            }
        }
    }
}
