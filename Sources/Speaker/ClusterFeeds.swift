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
    package var readiness: Readiness
    package var logger: Logger

    package init(client: KubernetesClient, namespace: String, loop: SpeakerLoop, readiness: Readiness, logger: Logger) {
        self.client = client
        self.namespace = namespace
        self.loop = loop
        self.readiness = readiness
        self.logger = logger
    }

    /// Follows until the task is cancelled.
    package func run(knowing memory: SpeakerMemory) async {
        let known = memory.configuration
        let configuration = ConfigurationFeed(loop: loop, known: known, logger: logger)
        await withDiscardingTaskGroup { group in
            group.addTask { await services(Self.policy(knowingObjects: memory.services?.isEmpty == false)) }
            group.addTask { await slices(Self.policy(knowingObjects: memory.slices?.isEmpty == false)) }
            group.addTask { await nodes(Self.policy(knowingObjects: memory.nodes?.isEmpty == false)) }
            group.addTask {
                await resources("ipaddresspools", known?.pools) { await configuration.pools($0) }
            }
            group.addTask {
                await resources("l2advertisements", known?.layer2Advertisements) {
                    await configuration.layer2Advertisements($0)
                }
            }
        }
    }

    private func services(_ policy: ReflectorPolicy) async {
        let reflector = Reflector<Service>(
            client: client, path: ResourcePath(plural: "services"), policy: policy, logger: logger)
        await reflector.run { event in
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
        let reflector = Reflector<EndpointSlice>(
            client: client, resource: .endpointSlices, policy: policy, logger: logger)
        await reflector.run { event in
            switch event {
            case .replaced(let list, _, _): await loop.updateCluster { $0.replaceSlices(list) }
            case .applied(let slice): await loop.updateCluster { $0.applySlice(slice) }
            case .deleted(let key): await loop.updateCluster { $0.deleteSlice(key) }
            case .connection, .unreadable: break
            }
        }
    }

    private func nodes(_ policy: ReflectorPolicy) async {
        let reflector = Reflector<Node>(
            client: client, path: ResourcePath(plural: "nodes"), policy: policy, logger: logger)
        await reflector.run { event in
            switch event {
            case .replaced(let list, _, _): await loop.updateCluster { $0.replaceNodes(list) }
            case .applied(let node): await loop.updateCluster { $0.applyNode(node) }
            case .deleted(let key): await loop.updateCluster { $0.deleteNode(key.name) }
            case .connection, .unreadable: break
            }
        }
    }

    private func resources<Object: KubernetesObject>(
        _ plural: String, _ known: [Object]?, deliver: @Sendable (ReflectorEvent<Object>) async -> Void
    ) async {
        let path = ResourcePath(group: "metallb.io", version: "v1beta1", plural: plural, namespace: namespace)
        let policy = Self.policy(knowingObjects: known?.isEmpty == false)
        await Reflector<Object>(client: client, path: path, policy: policy, logger: logger).run(deliver)
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

/// Puts the `metallb.io` resources together and hands on each valid configuration; an invalid one changes nothing.
private actor ConfigurationFeed {
    private let loop: SpeakerLoop
    private let logger: Logger
    private var pools: [ObjectKey: IPAddressPool]?
    private var advertisements: [ObjectKey: L2Advertisement]?
    private var lastProblems: [ConfigurationProblem] = []

    init(loop: SpeakerLoop, known: ConfigurationResources?, logger: Logger) {
        self.loop = loop
        pools = known.map { Self.index($0.pools) }
        advertisements = known.map { Self.index($0.layer2Advertisements) }
        self.logger = logger
    }

    func pools(_ event: ReflectorEvent<IPAddressPool>) async {
        if Self.apply(event, to: &pools) { await resolve() }
    }

    func layer2Advertisements(_ event: ReflectorEvent<L2Advertisement>) async {
        if Self.apply(event, to: &advertisements) { await resolve() }
    }

    private static func apply<Object: KubernetesObject>(
        _ event: ReflectorEvent<Object>, to objects: inout [ObjectKey: Object]?
    ) -> Bool {
        switch event {
        case .replaced(let list, _, _):
            objects = index(list)
        case .applied(let object): objects?[object.key] = object
        case .deleted(let key): objects?[key] = nil
        // A kind that the server does not have has no objects; it may come later.
        case .connection(.absent): if objects == nil { objects = [:] } else { return false }
        case .connection, .unreadable: return false
        }
        return true
    }

    private static func index<Object: KubernetesObject>(_ list: [Object]) -> [ObjectKey: Object] {
        Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
    }

    private func resolve() async {
        guard let pools, let advertisements else { return }
        let resources = ConfigurationResources(
            pools: Array(pools.values), layer2Advertisements: Array(advertisements.values))
        let resolution = Configuration.resolve(resources)
        if resolution.problems != lastProblems {
            lastProblems = resolution.problems
            for problem in lastProblems {
                logger.error("configuration is invalid, the last good one stays", metadata: ["problem": "\(problem)"])
            }
        }
        guard let configuration = resolution.configuration else { return }
        await loop.updateCluster { $0.setConfiguration(configuration, from: resources) }
    }
}
