import Announcement
import ClusterConfiguration
package import KubernetesClient
import KubernetesObjects
package import Logging
import Metrics
package import Telemetry

/// Follows everything in the API that a speaker decides on, and hands it to the loop. One list shape a kind, so that
/// YurtHub caches each.
package struct ClusterFeeds: Sendable {
    /// Whole lists: YurtHub keeps of a list in pages only the last page. And an empty one is doubted: after an outage
    /// YurtHub may answer from a cache that it has not filled yet.
    private static func policy(knowingObjects: Bool) -> ReflectorPolicy {
        var policy = ReflectorPolicy(paging: .whole)
        policy.emptyDoubt = .seconds(30)
        policy.knowsObjects = knowingObjects
        return policy
    }

    package var client: KubernetesClient
    package var namespace: String
    package var loop: SpeakerLoop
    package var reporter: ConfigurationReporter
    package var readiness: Readiness
    package var logger: Logger
    private let metrics = KubernetesMetrics()

    package init(
        client: KubernetesClient, namespace: String, loop: SpeakerLoop, reporter: ConfigurationReporter,
        readiness: Readiness, logger: Logger
    ) {
        self.client = client
        self.namespace = namespace
        self.loop = loop
        self.reporter = reporter
        self.readiness = readiness
        self.logger = logger
    }

    /// Follows until the task is cancelled.
    package func run(knowing memory: SpeakerMemory) async {
        let known = memory.configuration
        let configuration = ConfigurationFeed(loop: loop, reporter: reporter, known: known, logger: logger)
        await withDiscardingTaskGroup { group in
            group.addTask { await services(Self.policy(knowingObjects: memory.services?.isEmpty == false)) }
            group.addTask { await slices(Self.policy(knowingObjects: memory.slices?.isEmpty == false)) }
            group.addTask { await poolServices(Self.policy(knowingObjects: memory.poolServices?.isEmpty == false)) }
            group.addTask { await nodes(Self.policy(knowingObjects: memory.nodes?.isEmpty == false)) }
            group.addTask {
                await resources("ipaddresspools", known?.pools) { await configuration.pools($0) }
            }
            group.addTask {
                await resources("l2advertisements", known?.layer2Advertisements) {
                    await configuration.layer2Advertisements($0)
                }
            }
            group.addTask {
                await resources("bgppeers", versions: ["v1beta2", "v1beta1"], known?.bgpPeers) {
                    await configuration.peers($0)
                }
            }
            group.addTask {
                await resources("bgpadvertisements", known?.bgpAdvertisements) {
                    await configuration.bgpAdvertisements($0)
                }
            }
            group.addTask {
                await resources("bfdprofiles", known?.bfdProfiles) { await configuration.bfdProfiles($0) }
            }
            group.addTask {
                await resources("communities", known?.communities) { await configuration.communities($0) }
            }
        }
    }

    private func services(_ policy: ReflectorPolicy) async {
        let reflector = Reflector<Service>(
            client: client, path: ResourcePath(plural: "services"), policy: policy, logger: logger)
        await reflector.run { event in
            metrics.note(event)
            switch event {
            case .replaced(let list, _, _): await loop.updateCluster { $0.replaceServices(list) }
            case .applied(let service): await loop.updateCluster { $0.applyService(service) }
            case .deleted(let key): await loop.updateCluster { $0.deleteService(key) }
            case .connection(let state): await note(state)
            case .unreadable: break
            }
        }
    }

    private func slices(_ policy: ReflectorPolicy) async {
        let reflector = EndpointReflector(client: client, policy: policy, logger: logger)
        await reflector.run { event in
            metrics.note(event)
            switch event {
            case .replaced(let list, _, _): await loop.updateCluster { $0.replaceSlices(list) }
            case .applied(let slice): await loop.updateCluster { $0.applySlice(slice) }
            case .deleted(let key): await loop.updateCluster { $0.deleteSlice(key) }
            case .connection, .unreadable: break
            }
        }
    }

    /// Of a cluster without OpenYurt there are none, until its definitions come.
    private func poolServices(_ policy: ReflectorPolicy) async {
        var policy = policy
        policy.expectAbsence()
        let reflector = Reflector<PoolService>(client: client, resource: .poolServices, policy: policy, logger: logger)
        await reflector.run { event in
            metrics.note(event)
            switch event {
            case .replaced(let list, _, _): await loop.updateCluster { $0.replacePoolServices(list) }
            case .applied(let poolService): await loop.updateCluster { $0.applyPoolService(poolService) }
            case .deleted(let key): await loop.updateCluster { $0.deletePoolService(key) }
            case .connection(.absent): await loop.updateCluster { $0.missPoolServices() }
            case .connection, .unreadable: break
            }
        }
    }

    private func nodes(_ policy: ReflectorPolicy) async {
        let reflector = Reflector<Node>(
            client: client, path: ResourcePath(plural: "nodes"), policy: policy, logger: logger)
        await reflector.run { event in
            metrics.note(event)
            switch event {
            case .replaced(let list, _, _): await loop.updateCluster { $0.replaceNodes(list) }
            case .applied(let node): await loop.updateCluster { $0.applyNode(node) }
            case .deleted(let key): await loop.updateCluster { $0.deleteNode(key.name) }
            case .connection, .unreadable: break
            }
        }
    }

    private func resources<Object: KubernetesObject>(
        _ plural: String, versions: [String] = ["v1beta1"], _ known: [Object]?,
        deliver: @Sendable (ReflectorEvent<Object>) async -> Void
    ) async {
        let resource = ServedResource(
            group: "metallb.io", versions: versions, plural: plural, namespace: namespace)
        let policy = Self.policy(knowingObjects: known?.isEmpty == false)
        await Reflector<Object>(client: client, resource: resource, policy: policy, logger: logger).run { event in
            metrics.note(event)
            await deliver(event)
        }
    }

    private func note(_ state: ConnectionState) async {
        let isConnected = if case .connected = state { true } else { false }
        Gauge(label: "toono_api_connected").record(isConnected ? 1 : 0)
        await loop.setConnected(isConnected)
        switch state {
        case .connected: readiness.meet("cluster")
        case .offline(let error): logger.notice("the API cannot be reached", metadata: ["error": "\(error)"])
        case .absent: break
        }
    }
}

extension KubernetesMetrics {
    /// Counts what came of one event.
    fileprivate func note<Object>(_ event: ReflectorEvent<Object>) {
        switch event {
        case .replaced, .applied, .deleted: updated()
        case .unreadable: failed()
        case .connection: break
        }
    }
}
