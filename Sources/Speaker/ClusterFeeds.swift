import Announcement
import ClusterConfiguration
package import KubernetesClient
import KubernetesObjects
package import Logging
package import Telemetry

/// Follows everything in the API that a speaker decides on, and hands it to the loop. One list shape a kind, so that
/// YurtHub caches each.
package struct ClusterFeeds: Sendable {
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
    package func run() async {
        let configuration = ConfigurationFeed(loop: loop, logger: logger)
        await withDiscardingTaskGroup { group in
            group.addTask { await services() }
            group.addTask { await slices() }
            group.addTask { await nodes() }
            group.addTask {
                await resources("ipaddresspools") { await configuration.pools($0) }
            }
            group.addTask {
                await resources("l2advertisements") { await configuration.layer2Advertisements($0) }
            }
        }
    }

    private func services() async {
        let reflector = Reflector<Service>(client: client, path: ResourcePath(plural: "services"), logger: logger)
        await reflector.run { event in
            switch event {
            case .replaced(let list, _, _): await loop.updateCluster { $0.replaceServices(list) }
            case .applied(let service): await loop.updateCluster { $0.applyService(service) }
            case .deleted(let key): await loop.updateCluster { $0.deleteService(key) }
            case .connection(let state): note(state)
            case .unreadable: break
            }
        }
    }

    private func slices() async {
        let reflector = Reflector<EndpointSlice>(client: client, resource: .endpointSlices, logger: logger)
        await reflector.run { event in
            switch event {
            case .replaced(let list, _, _): await loop.updateCluster { $0.replaceSlices(list) }
            case .applied(let slice): await loop.updateCluster { $0.applySlice(slice) }
            case .deleted(let key): await loop.updateCluster { $0.deleteSlice(key) }
            case .connection, .unreadable: break
            }
        }
    }

    private func nodes() async {
        let reflector = Reflector<Node>(client: client, path: ResourcePath(plural: "nodes"), logger: logger)
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
        _ plural: String, deliver: @Sendable (ReflectorEvent<Object>) async -> Void
    ) async {
        let path = ResourcePath(group: "metallb.io", version: "v1beta1", plural: plural, namespace: namespace)
        await Reflector<Object>(client: client, path: path, logger: logger).run(deliver)
    }

    private func note(_ state: ConnectionState) {
        switch state {
        case .connected: readiness.meet("api")
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

    init(loop: SpeakerLoop, logger: Logger) {
        self.loop = loop
        self.logger = logger
    }

    func pools(_ event: ReflectorEvent<IPAddressPool>) async {
        if Self.apply(event, to: &pools) { await resolve() }
    }

    func layer2Advertisements(_ event: ReflectorEvent<L2Advertisement>) async {
        if Self.apply(event, to: &advertisements) { await resolve() }
    }

    private static func apply<Object>(_ event: ReflectorEvent<Object>, to objects: inout [ObjectKey: Object]?) -> Bool {
        switch event {
        case .replaced(let list, _, _):
            objects = Dictionary(list.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        case .applied(let object): objects?[object.key] = object
        case .deleted(let key): objects?[key] = nil
        // A kind that the server does not have has no objects; it may come later.
        case .connection(.absent): if objects == nil { objects = [:] } else { return false }
        case .connection, .unreadable: return false
        }
        return true
    }

    private func resolve() async {
        guard let pools, let advertisements else { return }
        let resolution = Configuration.resolve(
            ConfigurationResources(pools: Array(pools.values), layer2Advertisements: Array(advertisements.values)))
        if resolution.problems != lastProblems {
            lastProblems = resolution.problems
            for problem in lastProblems {
                logger.error("configuration is invalid, the last good one stays", metadata: ["problem": "\(problem)"])
            }
        }
        guard let configuration = resolution.configuration else { return }
        await loop.updateCluster { $0.setConfiguration(configuration) }
    }
}
