import KubernetesClient
import KubernetesObjects

/// The PoolServices known, and those of each Service: a change of a Service is one of its PoolServices too.
struct PoolServiceCache: Sendable {
    private(set) var cache = ObjectCache<PoolService>(isOptional: true)
    private var byService: [ObjectKey: Set<ObjectKey>] = [:]
    private var serviceOf: [ObjectKey: ObjectKey] = [:]

    subscript(key: ObjectKey) -> PoolService? { cache.objects[key] }

    var all: [PoolService] { Array(cache.objects.values) }

    mutating func apply(_ event: ReflectorEvent<PoolService>) -> ObjectCache<PoolService>.Change {
        let change = cache.apply(event)
        for key in change.keys { index(key) }
        return change
    }

    mutating func store(_ poolService: PoolService) {
        _ = cache.store(poolService)
        index(poolService.key)
    }

    /// The PoolServices of Services, in order of name.
    func keys(of services: [ObjectKey]) -> [ObjectKey] {
        byService.isEmpty ? [] : services.flatMap { byService[$0] ?? [] }.sorted()
    }

    private mutating func index(_ key: ObjectKey) {
        let service = cache.objects[key]?.serviceKey
        let before = serviceOf[key]
        guard service != before else { return }
        if let before {
            byService[before]?.remove(key)
            if byService[before]?.isEmpty ?? false { byService[before] = nil }
        }
        serviceOf[key] = service
        if let service { byService[service, default: []].insert(key) }
    }
}
