/// A `v1.Service`, as far as a load balancer looks at it.
package struct Service: KubernetesObject, Hashable {
    package static let apiVersion = "v1"
    package static let kind = "Service"

    package var metadata: ObjectMeta
    package var spec: Spec
    package var status: Status

    package init(metadata: ObjectMeta, spec: Spec, status: Status = Status()) {
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

    /// What the user asks for.
    package struct Spec: Sendable, Hashable, Codable {
        /// `ClusterIP`, `NodePort`, `LoadBalancer` or `ExternalName`
        package var type: String?
        /// The first of `clusterIPs`; `None` for a headless Service.
        package var clusterIP: String?
        package var clusterIPs: [String]?
        package var ipFamilies: [String]?
        /// `SingleStack`, `PreferDualStack` or `RequireDualStack`
        package var ipFamilyPolicy: String?
        /// One address that the user asks for; deprecated in favour of annotations, but everybody's habit.
        package var loadBalancerIP: String?
        package var loadBalancerClass: String?
        /// `Cluster` or `Local`
        package var externalTrafficPolicy: String?
        package var selector: [String: String]?
        package var ports: [Port]?
        package var healthCheckNodePort: Int?
        package var publishNotReadyAddresses: Bool?

        package init(type: String? = nil, clusterIPs: [String]? = nil, ports: [Port]? = nil) {
            self.type = type
            clusterIP = clusterIPs?.first
            self.clusterIPs = clusterIPs
            self.ports = ports
        }
    }

    /// One port of the Service.
    package struct Port: Sendable, Hashable, Codable {
        package var name: String?
        /// `TCP` where the server left it out.
        package var transport: String?
        package var port: Int
        package var nodePort: Int?

        package init(name: String? = nil, transport: String? = nil, port: Int) {
            self.name = name
            self.transport = transport
            self.port = port
        }

        private enum CodingKeys: String, CodingKey {
            case name
            case transport = "protocol"
            case port, nodePort
        }
    }

    /// What the load balancer reports.
    package struct Status: Sendable, Hashable, Codable {
        package var loadBalancer: LoadBalancerStatus?
        package var conditions: [Condition]?

        package init(loadBalancer: LoadBalancerStatus? = nil, conditions: [Condition]? = nil) {
            self.loadBalancer = loadBalancer
            self.conditions = conditions
        }
    }

    /// The addresses given to the Service.
    package struct LoadBalancerStatus: Sendable, Hashable, Codable {
        package var ingress: [Ingress]?

        package init(ingress: [Ingress]? = nil) { self.ingress = ingress }
    }

    /// One address, or the name that a foreign controller wrote.
    package struct Ingress: Sendable, Hashable, Codable {
        package var ip: String?
        package var hostname: String?
        /// `VIP` or `Proxy`, from Kubernetes 1.30 on.
        package var ipMode: String?

        package init(ip: String? = nil, hostname: String? = nil, ipMode: String? = nil) {
            self.ip = ip
            self.hostname = hostname
            self.ipMode = ipMode
        }
    }
}

extension Service {
    /// True for a Service that wants an address from outside.
    package var isLoadBalancer: Bool { spec.type == "LoadBalancer" }
    /// True if only nodes with a pod of the Service may take its traffic.
    package var hasLocalTrafficPolicy: Bool { spec.externalTrafficPolicy == "Local" }
    /// All cluster addresses, from old servers too, which know only `clusterIP`.
    package var clusterAddresses: [String] {
        if let all = spec.clusterIPs, !all.isEmpty { return all }
        return spec.clusterIP.map { $0.isEmpty ? [] : [$0] } ?? []
    }
}
