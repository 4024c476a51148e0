import Allocation
import KubernetesClient
import KubernetesObjects

/// Whoever is given addresses: a Service, or a PoolService, which is looked at as a Service that has its name and status.
struct AddressHolder {
    /// In the allocator's book.
    let key: ObjectKey
    /// The object with the status that tells of the addresses, in the form of a Service.
    let service: Service
    /// Nil for a Service.
    let poolService: PoolService?
    /// The Service that a PoolService stands for.
    private let owner: Service?

    init(_ service: Service) {
        key = service.key
        self.service = service
        poolService = nil
        owner = nil
    }

    /// - Parameter owner: the Service that it stands for, whose events people look at.
    init(_ poolService: PoolService, of owner: Service?) {
        key = poolService.holderKey
        let status = Service.Status(
            loadBalancer: poolService.status.loadBalancer, conditions: poolService.status.conditions)
        service = Service(metadata: poolService.metadata, spec: Service.Spec(type: "LoadBalancer"), status: status)
        self.poolService = poolService
        self.owner = owner
    }

    /// What events are about.
    var references: [ObjectReference] {
        guard let poolService else { return [ObjectReference(service)] }
        return [ObjectReference(poolService)] + (owner.map { [ObjectReference($0)] } ?? [])
    }
}
