/// A `network.openyurt.io/v1alpha1` PoolService: one Service as one node pool sees it. OpenYurt makes them and puts their
/// addresses together in the Service's status; whoever serves the class gives the addresses.
package struct PoolService: KubernetesObject, Hashable {
    package static let apiVersion = "network.openyurt.io/v1alpha1"
    package static let kind = "PoolService"
    /// Ours: the object stays until its address is taken back.
    package static let finalizer = "toono.io/pool-service"

    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status

    package init(metadata: ObjectMeta, spec: Spec = Spec(), status: Status = Status()) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        spec = try container.decodeIfPresent(Spec.self, forKey: .spec) ?? Spec()
        status = try container.decodeIfPresent(Status.self, forKey: .status) ?? Status()
    }

    private enum CodingKeys: String, CodingKey { case metadata, spec, status }

    package struct Spec: Sendable, Hashable, Codable {
        /// Copied from the Service.
        package var loadBalancerClass: String?

        package init(loadBalancerClass: String? = nil) { self.loadBalancerClass = loadBalancerClass }
    }

    package struct Status: Sendable, Hashable, Codable {
        /// The addresses for this node pool.
        package var loadBalancer: Service.LoadBalancerStatus?
        package var conditions: [Condition]?

        package init(loadBalancer: Service.LoadBalancerStatus? = nil, conditions: [Condition]? = nil) {
            self.loadBalancer = loadBalancer
            self.conditions = conditions
        }
    }
}

extension PoolService {
    /// The Service that it stands for, if its label says so.
    package var serviceKey: ObjectKey? {
        metadata.labels[OpenYurt.serviceNameLabel].map { ObjectKey(namespace: metadata.namespace, name: $0) }
    }

    /// The node pool that it is for, if its label says so.
    package var nodePool: String? { metadata.labels[OpenYurt.poolNameLabel] }

    /// True if our finalizer keeps it.
    package var isHeld: Bool { metadata.finalizers.contains(Self.finalizer) }
}
