package import KubernetesObjects

/// What OpenYurt's load-balancer-set controller does (openyurtio/openyurt, `pkg/yurtmanager/controller/loadbalancerset`), as
/// far as addresses are concerned: a PoolService for each NodePool that a Service selects, and their addresses together in
/// the Service's status. What it leaves out: aggregated annotations and labels, and events.
package struct LoadBalancerSet: Sendable {
    /// A change of the API.
    package enum Write: Sendable, Hashable {
        case create(PoolService)
        case delete(ObjectKey)
        /// A merge patch of a Service's finalizers.
        case finalizers(ObjectKey, JSONValue)
        /// A merge patch of a Service's status.
        case status(ObjectKey, JSONValue)
    }

    private let nodePools: [NodePool]
    private let poolServices: [ObjectKey: [PoolService]]

    package init(nodePools: some Sequence<NodePool>, poolServices: some Sequence<PoolService>) {
        self.nodePools = nodePools.filter { $0.metadata.deletionTimestamp == nil }
            .sorted { $0.metadata.name < $1.metadata.name }
        self.poolServices = Dictionary(grouping: poolServices.filter(Self.isValid)) {
            $0.serviceKey ?? ObjectKey(namespace: "", name: "")
        }
    }

    /// Only those that it made, under the name that it gave.
    private static func isValid(_ poolService: PoolService) -> Bool {
        guard let service = poolService.serviceKey, let pool = poolService.nodePool else { return false }
        return poolService.metadata.labels[OpenYurt.managedByLabel] == OpenYurt.loadBalancerSet
            && poolService.metadata.name == "\(service.name)-\(pool)"
    }

    /// What there is to write for a Service now; more may follow from it.
    package func writes(for service: Service) -> [Write] {
        let current = poolServices[service.key] ?? []
        let isHeld = service.metadata.finalizers.contains(OpenYurt.serviceFinalizer)
        guard service.metadata.deletionTimestamp == nil, service.isDividedAmongPools else {
            if current.isEmpty { return isHeld ? [finalizers(of: service, isHeld: false)] : [] }
            return deletions(current)
        }
        if !isHeld { return [finalizers(of: service, isHeld: true)] }
        let query = service.metadata.annotations[OpenYurt.nodePoolSelector].flatMap { try? LabelQuery(reading: $0) }
        let desired = nodePools.filter { query?.matches($0.metadata.labels) ?? false }
        let names = Set(desired.map { "\(service.metadata.name)-\($0.metadata.name)" })
        let present = Set(current.map(\.metadata.name))
        return deletions(current.filter { !names.contains($0.metadata.name) })
            + desired.map { Self.poolService(of: service, for: $0) }.filter { !present.contains($0.metadata.name) }
            .map { .create($0) } + aggregation(of: current, in: service)
    }

    private func deletions(_ poolServices: [PoolService]) -> [Write] {
        poolServices.filter { $0.metadata.deletionTimestamp == nil }.map { .delete($0.key) }
    }

    private func finalizers(of service: Service, isHeld: Bool) -> Write {
        let others = service.metadata.finalizers.filter { $0 != OpenYurt.serviceFinalizer }
        let list = isHeld ? others + [OpenYurt.serviceFinalizer] : others
        return .finalizers(
            service.key,
            [
                "metadata": [
                    "finalizers": .array(list.map { .string($0) }),
                    "resourceVersion": .string(service.metadata.resourceVersion),
                ]
            ])
    }

    /// The addresses of all PoolServices, those that are being deleted among them, sorted as text.
    private func aggregation(of poolServices: [PoolService], in service: Service) -> [Write] {
        let addresses = poolServices.flatMap { $0.status.loadBalancer?.ingress ?? [] }.compactMap(\.ip).sorted()
        guard addresses != (service.status.loadBalancer?.ingress ?? []).compactMap(\.ip) else { return [] }
        let ingress: JSONValue = addresses.isEmpty ? .null : .array(addresses.map { ["ip": .string($0)] })
        return [
            .status(
                service.key,
                [
                    "metadata": ["resourceVersion": .string(service.metadata.resourceVersion)],
                    "status": ["loadBalancer": ["ingress": ingress]],
                ])
        ]
    }

    private static func poolService(of service: Service, for nodePool: NodePool) -> PoolService {
        var owner = OwnerReference(
            apiVersion: "v1", kind: "Service", name: service.metadata.name, uid: service.metadata.uid)
        owner.controller = true
        owner.blockOwnerDeletion = true
        var pool = OwnerReference(
            apiVersion: NodePool.apiVersion, kind: NodePool.kind, name: nodePool.metadata.name,
            uid: nodePool.metadata.uid)
        pool.blockOwnerDeletion = true
        let labels = [
            OpenYurt.serviceNameLabel: service.metadata.name, OpenYurt.poolNameLabel: nodePool.metadata.name,
            OpenYurt.managedByLabel: OpenYurt.loadBalancerSet,
        ]
        return PoolService(
            metadata: ObjectMeta(
                name: "\(service.metadata.name)-\(nodePool.metadata.name)", namespace: service.metadata.namespace,
                labels: labels, ownerReferences: [owner, pool]),
            spec: PoolService.Spec(loadBalancerClass: service.spec.loadBalancerClass))
    }
}
