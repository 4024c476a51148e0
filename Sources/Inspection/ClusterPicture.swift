import Addresses
package import ClusterConfiguration
package import Eligibility
package import KubernetesObjects

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

    /// - Parameter policy: the flags that the speakers run with.
    package init(_ objects: ClusterObjects, policy: Layer2Eligibility.Policy = .init()) {
        self.objects = objects
        self.policy = policy
        resolution = Configuration.resolve(objects.resources)
        announcers = Announcers(objects.layer2Statuses, objects.bgpStatuses)
        nodes = objects.nodes.map(NodeFacts.init).sorted { $0.name < $1.name }
        servicesByKey = Dictionary(objects.services.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        slicesByService = Dictionary(grouping: objects.slices) { $0.serviceKey ?? ObjectKey(namespace: "", name: "") }
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
        service.spec.loadBalancerClass == policy.loadBalancerClass || service.allocatedCondition != nil
            || service.allocatedPool != nil
    }

    func slices(of key: ObjectKey) -> [EndpointSlice] { slicesByService[key] ?? [] }

    func announcers(of key: ObjectKey) -> [Announcer] { announcers.byService[key] ?? [] }
}

extension Service {
    /// What the controller last said of the addresses (condition `toono.io/Allocated`).
    var allocatedCondition: Condition? { status.conditions?.first { $0.type == "toono.io/Allocated" } }

    /// The pool that the addresses came from, as the controller wrote it.
    var allocatedPool: String? { metadata.annotations["metallb.io/ip-allocated-from-pool"] }

    /// The addresses in the status, in its order.
    var addresses: [IPAddress] {
        (status.loadBalancer?.ingress ?? []).compactMap { $0.ip.flatMap { IPAddress($0) } }
    }
}
