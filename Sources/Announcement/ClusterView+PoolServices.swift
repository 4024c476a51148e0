package import Eligibility
package import KubernetesObjects

// OpenYurt's PoolServices: which of a Service's addresses is for which node pool.
extension ClusterView {
    /// A full list of PoolServices; an empty one for a cluster without OpenYurt.
    package mutating func replacePoolServices(_ list: [PoolService]) {
        for key in serviceOfPoolService.keys { deletePoolService(key) }
        for poolService in list { insert(poolService) }
        listed.insert(.poolServices)
        changed.insert(.poolServices)
    }

    /// The cluster has no PoolServices, as far as is known. What was known of them stays: behind a YurtHub this may be
    /// an empty cache.
    package mutating func missPoolServices() { listed.insert(.poolServices) }

    /// A PoolService was created or changed.
    package mutating func applyPoolService(_ poolService: PoolService) {
        deletePoolService(poolService.key)
        insert(poolService)
    }

    /// A PoolService was deleted.
    package mutating func deletePoolService(_ key: ObjectKey) {
        guard let service = serviceOfPoolService.removeValue(forKey: key) else { return }
        poolServices[service]?[key] = nil
        if poolServices[service]?.isEmpty == true { poolServices[service] = nil }
        changed.insert(.poolServices)
        dirty.insert(service)
    }

    private mutating func insert(_ poolService: PoolService) {
        guard let service = poolService.serviceKey else { return }
        poolServices[service, default: [:]][poolService.key] = poolService
        serviceOfPoolService[poolService.key] = service
        changed.insert(.poolServices)
        dirty.insert(service)
    }

    /// What node pools mean for a Service; nil if nothing.
    package func nodePools(of key: ObjectKey) -> NodePoolFacts? {
        guard let service = services[key] else { return nil }
        return NodePoolFacts(
            service, poolServices: (poolServices[key] ?? [:]).values, endpoints: endpoints(of: key)
        ) { nodes[$0]?.labels[OpenYurt.nodePoolLabel] }
    }
}
