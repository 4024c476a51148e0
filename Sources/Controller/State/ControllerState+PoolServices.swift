import Allocation
import KubernetesClient
import KubernetesObjects

// PoolServices: holders of addresses like Services, each of the addresses of its node pool. OpenYurt makes and deletes them,
// and puts their addresses together in the Service's status, which is never written from here.
extension ControllerState {
    mutating func handlePoolServices(_ event: ReflectorEvent<PoolService>, at now: Instant) -> [ControllerEffect] {
        if case .applied(let poolService) = event, let known = poolServices[poolService.key],
            known.metadata.isNewer(than: poolService.metadata)
        {
            // An answer to a write: the watch is behind.
            return []
        }
        let change = poolServices.apply(event)
        guard isStarted else { return change.isFirst ? startIfComplete(at: now) : [] }
        var effects: [ControllerEffect] = []
        var hasRemoved = false
        for key in change.keys {
            if poolServices[key] != nil {
                effects.append(.enqueue(.poolService(key)))
            } else {
                effects += removeHolder(PoolService.holderKey(key), at: now)
                hasRemoved = true
            }
        }
        return hasRemoved ? effects + waitingEffects() + poolEffects(at: now) : effects
    }

    mutating func handleNodePools(_ event: ReflectorEvent<NodePool>, at now: Instant) -> [ControllerEffect] {
        let change = nodePools.apply(event, digest: \.digest)
        guard isStarted else { return change.isFirst ? startIfComplete(at: now) : [] }
        let changed = Set(change.keys.map(\.name))
        guard !changed.isEmpty else { return [] }
        let affected = poolServices.all.filter { $0.nodePool.map(changed.contains) ?? false }.map(\.key)
        return configurationChanged(true, at: now) + affected.sorted().map { .enqueue(.poolService($0)) }
    }

    /// What the PoolService is to us.
    func claim(of poolService: PoolService) -> ServiceClaim {
        let namespace = namespaces.objects[ObjectKey(namespace: "", name: poolService.metadata.namespace)]
        return ServiceClaim(
            poolService, of: poolService.serviceKey.flatMap { services.objects[$0] },
            in: poolService.nodePool.flatMap { nodePools.objects[ObjectKey(namespace: "", name: $0)] },
            namespaceLabels: namespace?.metadata.labels, classes: settings.servedPoolServiceClasses,
            isOfNodePool: { allocator.isInPool($0, of: $1) })
    }

    func holder(of poolService: PoolService) -> AddressHolder {
        AddressHolder(poolService, of: poolService.serviceKey.flatMap { services.objects[$0] })
    }

    /// Decides about a PoolService. Our finalizer comes before its first address, and goes after the last.
    mutating func poolServiceWork(_ key: ObjectKey, at now: Instant, timestamp: String) -> Work {
        guard isStarted, let poolService = poolServices[key] else { return Work() }
        let claim = claim(of: poolService)
        if hasConfiguration, !claim.isWithoutClaim, !poolService.isHeld {
            return Work(write: finalizers(of: poolService, poolService.metadata.finalizers + [PoolService.finalizer]))
        }
        var work = holderWork(holder(of: poolService), claim, at: now, timestamp: timestamp)
        if work.write == nil, claim.isWithoutClaim, poolService.isHeld {
            let others = poolService.metadata.finalizers.filter { $0 != PoolService.finalizer }
            work.write = finalizers(of: poolService, others)
        }
        return work
    }

    private func finalizers(of poolService: PoolService, _ finalizers: [String]) -> ControllerWrite {
        .poolServiceFinalizers(
            poolService.key,
            [
                "metadata": [
                    "finalizers": .array(finalizers.map { .string($0) }),
                    "resourceVersion": .string(poolService.metadata.resourceVersion),
                ]
            ])
    }

    /// A PoolService's status or finalizers are written: there may be the other one to write now.
    mutating func poolServiceWritten(_ poolService: PoolService, at now: Instant) -> [ControllerEffect] {
        let holder = poolService.holderKey
        let reports = pendingReports.removeValue(forKey: holder) ?? []
        conditionsUnderWay.remove(holder)
        var effects = reports.map(ControllerEffect.report)
        guard let known = poolServices[poolService.key], known.metadata.uid == poolService.metadata.uid else {
            return effects
        }
        if !known.metadata.isNewer(than: poolService.metadata) { poolServices.store(poolService) }
        effects.append(.enqueue(.poolService(poolService.key)))
        let listed = (poolServices[poolService.key] ?? poolService).listedAddresses
        guard allocator.settle(holder, listed: listed, at: now) else { return effects }
        return effects + poolEffects(at: now) + waitingEffects()
    }
}

extension ServiceClaim {
    /// True for a PoolService that is to have nothing from us any more, so that we let it go.
    fileprivate var isWithoutClaim: Bool {
        switch self {
        case .request, .unentitled, .unclaimed(.noClusterAddress): false
        case .unclaimed, .foreign: true
        }
    }
}
