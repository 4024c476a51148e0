import Addresses
package import ClusterConfiguration
package import Eligibility
package import KubernetesObjects
import Reasons

/// A cluster at one moment, put together for questions about it: the same rules that controller and speakers run, over
/// what the API holds.
package struct ClusterPicture: Sendable {
    package let objects: ClusterObjects
    /// What comes of the resources; the speakers keep the last good configuration where this is none.
    package let resolution: Configuration.Resolution
    package let announcers: Announcers
    /// In order of name.
    package let nodes: [NodeFacts]
    let policy: Layer2Eligibility.Policy
    private let servicesByKey: [ObjectKey: Service]
    private let slicesByService: [ObjectKey: [EndpointSlice]]
    private let poolServicesByService: [ObjectKey: [PoolService]]

    /// - Parameter policy: the flags that the speakers run with.
    package init(_ objects: ClusterObjects, policy: Layer2Eligibility.Policy = .init()) {
        self.objects = objects
        self.policy = policy
        resolution = Configuration.resolve(objects.resources)
        // What a node that was deleted once reported tells nothing.
        announcers = Announcers(objects.layer2Statuses, objects.bgpStatuses)
            .of(Set(objects.nodes.map(\.metadata.name)))
        nodes = objects.nodes.map(NodeFacts.init).sorted { $0.name < $1.name }
        servicesByKey = Dictionary(objects.services.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        slicesByService = Dictionary(grouping: objects.slices) { $0.serviceKey ?? ObjectKey(namespace: "", name: "") }
        poolServicesByService = Dictionary(grouping: objects.poolServices) {
            $0.serviceKey ?? ObjectKey(namespace: "", name: "")
        }
    }

    /// A Service by its name.
    package func service(_ key: ObjectKey) -> Service? { servicesByKey[key] }

    /// The Services that Toono serves, in order of name.
    package var served: [Service] {
        servicesByKey.values.filter { $0.isLoadBalancer && isOurs($0) }.sorted { $0.key < $1.key }
    }

    /// True if the Service's class is the one served, or the controller has said that it is: it leaves its mark on
    /// nothing else, so that the class need not be told to each command.
    func isOurs(_ service: Service) -> Bool {
        policy.serves(service) || service.spec.loadBalancerClass == policy.loadBalancerClass
            || service.allocatedCondition != nil || service.allocatedPool != nil
            || service.isDividedAmongPools && poolServices(of: service.key).contains { $0.allocatedCondition != nil }
    }

    /// The PoolServices of a Service, in order of the node pools' names.
    func poolServices(of key: ObjectKey) -> [PoolService] {
        (poolServicesByService[key] ?? []).sorted { ($0.nodePool ?? "") < ($1.nodePool ?? "") }
    }

    /// What node pools mean for a Service; nil if nothing.
    func nodePools(of service: Service, endpoints: ServingEndpoints) -> NodePoolFacts? {
        let labels = Dictionary(
            nodes.map { ($0.name, $0.labels[OpenYurt.nodePoolLabel]) }, uniquingKeysWith: { first, _ in first })
        return NodePoolFacts(service, poolServices: poolServices(of: service.key), endpoints: endpoints) {
            labels[$0] ?? nil
        }
    }

    func slices(of key: ObjectKey) -> [EndpointSlice] { slicesByService[key] ?? [] }

    func announcers(of key: ObjectKey) -> [Announcer] { announcers.byService[key] ?? [] }

    /// Who announces one address of a Service: of one that is divided among node pools each announcer has its own pool's.
    func announcers(of service: Service, for address: IPAddress) -> [Announcer] {
        let all = announcers(of: service.key)
        guard service.isDividedAmongPools, let pools = nodePools(of: service, endpoints: ServingEndpoints()) else {
            return all
        }
        return all.filter { announcer in
            nodes.first { $0.name == announcer.node }
                .map { pools.refusal(of: $0, for: address)?.reason != .otherNodePool } ?? true
        }
    }

    /// True unless the cluster says that it does not hear the node. It may announce all the same: it is cut off from the
    /// cluster, and not from its LAN.
    func isReady(_ node: String) -> Bool {
        let conditions = objects.nodes.first { $0.metadata.name == node }?.status.conditions ?? []
        return conditions.first { $0.type == "Ready" }.map { $0.status == "True" } ?? true
    }

    /// True if a node may be meant to have the same addresses of a Service as another.
    func isOfSamePool(_ node: String, as other: String, for service: Service) -> Bool {
        func pool(_ name: String) -> String? { nodes.first { $0.name == name }?.labels[OpenYurt.nodePoolLabel] }
        return !service.isDividedAmongPools || pool(node) == pool(other)
    }
}

extension Service {
    /// What the controller last said of the addresses (condition `toono.io/Allocated`).
    var allocatedCondition: Condition? { Condition.allocated(in: status.conditions) }

    /// The pool that the addresses came from, as the controller wrote it.
    var allocatedPool: String? { metadata.annotations["metallb.io/ip-allocated-from-pool"] }

    /// The addresses in the status, in its order.
    var addresses: [IPAddress] {
        (status.loadBalancer?.ingress ?? []).compactMap { $0.ip.flatMap { IPAddress($0) } }
    }
}

extension PoolService {
    /// What the controller last said of the addresses for the node pool.
    var allocatedCondition: Condition? { Condition.allocated(in: status.conditions) }

    /// The addresses for the node pool, separated by commas.
    var addressText: String { (status.loadBalancer?.ingress ?? []).compactMap(\.ip).joined(separator: ", ") }
}

extension Condition {
    fileprivate static func allocated(in conditions: [Condition]?) -> Condition? {
        conditions?.first { $0.type == "toono.io/Allocated" }
    }
}
