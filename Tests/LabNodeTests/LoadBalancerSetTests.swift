import KubernetesObjects
import LabNode
import Testing

@Suite("The stand-in for OpenYurt's load-balancer-set controller")
struct LoadBalancerSetTests {
    func service(_ change: (inout Service) -> Void = { _ in }) -> Service {
        var service = Service(
            metadata: ObjectMeta(
                name: "web", namespace: "default", uid: "u1",
                annotations: ["service.openyurt.io/nodepool-labelselector": "region=north"]),
            spec: .init(type: "LoadBalancer"))
        service.spec.loadBalancerClass = "service.openyurt.io/vip"
        service.metadata.finalizers = ["poolservice.openyurt.io/resources"]
        change(&service)
        return service
    }

    let nodePools = [("shop", "north"), ("plant", "north"), ("far", "south")].map { name, region in
        NodePool(metadata: ObjectMeta(name: name, uid: "u-\(name)", labels: ["region": region]))
    }

    func poolService(_ pool: String, _ address: String? = nil, isDeleted: Bool = false) -> PoolService {
        var poolService = PoolService(
            metadata: ObjectMeta(
                name: "web-\(pool)", namespace: "default",
                labels: [
                    "openyurt.io/service-name": "web", "openyurt.io/pool-name": pool,
                    "poolservice.openyurt.io/managed-by": "load-balancer-set-controller",
                ]))
        if isDeleted { poolService.metadata.deletionTimestamp = "2026-01-01T00:00:00Z" }
        if let address { poolService.status.loadBalancer = .init(ingress: [.init(ip: address)]) }
        return poolService
    }

    func writes(_ service: Service, _ poolServices: [PoolService] = []) -> [LoadBalancerSet.Write] {
        LoadBalancerSet(nodePools: nodePools, poolServices: poolServices).writes(for: service)
    }

    @Test("its finalizer comes first, then a PoolService for each NodePool that the selector matches")
    func creates() {
        let fresh = writes(service { $0.metadata.finalizers = [] })
        guard case .finalizers(_, let patch) = fresh.first, fresh.count == 1 else { return #expect(Bool(false)) }
        #expect(patch["metadata"]?["finalizers"] == ["poolservice.openyurt.io/resources"])
        let created = writes(service()).compactMap { write -> PoolService? in
            if case .create(let poolService) = write { poolService } else { nil }
        }
        #expect(created.map(\.metadata.name) == ["web-plant", "web-shop"])
        #expect(created[0].metadata.labels == poolService("plant").metadata.labels)
        #expect(created[0].metadata.ownerReferences.map(\.kind) == ["Service", "NodePool"])
        #expect(created[0].spec.loadBalancerClass == "service.openyurt.io/vip")
    }

    @Test("the addresses of all stand in the Service's status, sorted, those of one that is going too")
    func aggregates() {
        let found = writes(
            service(), [poolService("shop", "192.0.2.9"), poolService("plant", "192.0.2.10", isDeleted: true)])
        guard case .status(_, let patch) = found.first, found.count == 1 else { return #expect(Bool(false)) }
        #expect(patch["status"]?["loadBalancer"]?["ingress"] == [["ip": "192.0.2.10"], ["ip": "192.0.2.9"]])
    }

    @Test("what no NodePool asks for goes; with the Service, its class or its selector all goes, the finalizer last")
    func deletes() {
        #expect(
            writes(service(), [poolService("shop"), poolService("plant"), poolService("gone")])
                == [.delete(ObjectKey(namespace: "default", name: "web-gone"))])
        for change in [
            { $0.metadata.deletionTimestamp = "2026-01-01T00:00:00Z" }, { $0.metadata.annotations = [:] },
            { $0.spec.loadBalancerClass = nil },
        ] as [(inout Service) -> Void] {
            #expect(
                writes(service(change), [poolService("shop", "192.0.2.9"), poolService("plant", isDeleted: true)])
                    == [.delete(ObjectKey(namespace: "default", name: "web-shop"))])
            guard case .finalizers(_, let patch) = writes(service(change)).first else { return #expect(Bool(false)) }
            #expect(patch["metadata"]?["finalizers"] == [])
        }
    }

    @Test("a plain Service, and PoolServices of others, are left alone")
    func others() {
        #expect(
            writes(
                service {
                    $0.metadata.annotations = [:]; $0.metadata.finalizers = []
                }
            ).isEmpty)
        var foreign = poolService("gone")
        foreign.metadata.labels["poolservice.openyurt.io/managed-by"] = "somebody"
        #expect(!writes(service(), [foreign]).contains(.delete(foreign.key)))
    }
}
