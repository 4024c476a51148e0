package import KubernetesClient
import KubernetesObjects
package import Logging
import ServiceLifecycle

/// Follows Services, NodePools and PoolServices and writes what `LoadBalancerSet` says after each change.
package struct LoadBalancerSetService: ServiceLifecycle.Service {
    private let client: KubernetesClient
    private let logger: Logger

    package init(client: KubernetesClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    package func run() async throws {
        let state = LoadBalancerSetState(client: client, logger: logger)
        let services = Reflector<KubernetesObjects.Service>(
            client: client, path: ResourcePath(plural: "services"), logger: logger)
        let nodePools = Reflector<NodePool>(
            client: client, resource: .nodePools, logger: logger)
        let poolServices = Reflector<PoolService>(client: client, resource: .poolServices, logger: logger)
        await cancelWhenGracefulShutdown {
            await withDiscardingTaskGroup { group in
                group.addTask { await services.run { await state.handle($0) } }
                group.addTask { await nodePools.run { await state.handle($0) } }
                group.addTask { await poolServices.run { await state.handle($0) } }
            }
        }
    }
}

/// The objects as they are now. A write that fails is made again after the next change: each tells one.
private actor LoadBalancerSetState {
    private let client: KubernetesClient
    private let logger: Logger
    private var services: [ObjectKey: KubernetesObjects.Service]?
    private var nodePools: [ObjectKey: NodePool]?
    private var poolServices: [ObjectKey: PoolService]?

    private static let servicePath = ResourcePath(plural: "services")
    private static let poolServicePath = ResourcePath(
        group: "network.openyurt.io", version: "v1alpha1", plural: "poolservices")

    init(client: KubernetesClient, logger: Logger) {
        self.client = client
        self.logger = logger
    }

    func handle(_ event: ReflectorEvent<KubernetesObjects.Service>) async {
        event.apply(to: &services)
        await reconcile()
    }

    func handle(_ event: ReflectorEvent<NodePool>) async {
        event.apply(to: &nodePools)
        await reconcile()
    }

    func handle(_ event: ReflectorEvent<PoolService>) async {
        event.apply(to: &poolServices)
        await reconcile()
    }

    private func reconcile() async {
        guard let services, let nodePools, let poolServices else { return }
        let rules = LoadBalancerSet(nodePools: nodePools.values, poolServices: poolServices.values)
        for service in services.values.sorted(by: { $0.key < $1.key }) {
            for write in rules.writes(for: service) {
                do throws(KubernetesError) {
                    try await perform(write)
                } catch {
                    // Another task has written it meanwhile, or what was known is old: the watch tells.
                    logger.info("not written", metadata: ["write": "\(write)", "error": "\(error)"])
                }
            }
        }
    }

    private func perform(_ write: LoadBalancerSet.Write) async throws(KubernetesError) {
        switch write {
        case .create(let poolService): try await client.create(poolService, at: Self.poolServicePath)
        case .delete(let key): try await client.delete(at: Self.poolServicePath, key)
        case .finalizers(let key, let patch):
            try await client.patch(JSONValue.self, at: Self.servicePath, key, .merge, patch)
        case .status(let key, let patch):
            try await client.patch(JSONValue.self, at: Self.servicePath, key, subresource: "status", .merge, patch)
        }
    }
}
