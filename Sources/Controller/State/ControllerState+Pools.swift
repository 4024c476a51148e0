import Allocation
import KubernetesObjects

// How full the pools are.
extension ControllerState {
    /// Keys of the pools whose status does not say how full they are, each no sooner than its interval allows.
    func poolEffects(at now: Instant) -> [ControllerEffect] {
        guard hasConfiguration else { return [] }
        return allocator.usage.compactMap { usage in
            guard let pool = poolObject(usage.pool), pool.status != Self.status(usage) else { return nil }
            let earliest = poolWrites[usage.pool].map { $0 + settings.poolStatusInterval - now } ?? .zero
            return .enqueueAfter(.poolStatus(usage.pool), max(earliest, settings.settle))
        }
    }

    /// The write of a pool's status, if it does not say how full the pool is.
    func poolStatusWork(_ name: String, at now: Instant) -> Work {
        guard let usage = allocator.usage(of: name), let pool = poolObject(name), pool.status != Self.status(usage)
        else {
            return Work()
        }
        return Work(write: .poolStatus(pool.key, Self.status(usage)))
    }

    private func poolObject(_ name: String) -> IPAddressPool? {
        pools.objects[ObjectKey(namespace: settings.namespace, name: name)]
    }

    private static func status(_ usage: PoolUsage) -> IPAddressPool.Status {
        IPAddressPool.Status(
            assignedIPv4: usage.assignedIPv4, assignedIPv6: usage.assignedIPv6, availableIPv4: usage.availableIPv4,
            availableIPv6: usage.availableIPv6)
    }
}
