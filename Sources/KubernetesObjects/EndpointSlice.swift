/// A `discovery.k8s.io` EndpointSlice: some of a Service's endpoints. Reads the v1 form and the v1beta1 form, where the
/// node's name may stand under `topology` instead.
package struct EndpointSlice: KubernetesObject, Hashable {
    package static let apiVersion = "discovery.k8s.io/v1"
    package static let kind = "EndpointSlice"
    /// The label that names the Service.
    package static let serviceNameLabel = "kubernetes.io/service-name"

    package var metadata: ObjectMeta
    /// `IPv4`, `IPv6` or `FQDN`
    package var addressType: String
    package var endpoints: [Endpoint]
    package var ports: [Port]

    package init(metadata: ObjectMeta, addressType: String = "IPv4", endpoints: [Endpoint] = [], ports: [Port] = []) {
        self.metadata = metadata
        self.addressType = addressType
        self.endpoints = endpoints
        self.ports = ports
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        addressType = try container.decodeIfPresent(String.self, forKey: .addressType) ?? "IPv4"
        endpoints = try container.decodeIfPresent([Endpoint].self, forKey: .endpoints) ?? []
        ports = try container.decodeIfPresent([Port].self, forKey: .ports) ?? []
    }

    private enum CodingKeys: String, CodingKey { case metadata, addressType, endpoints, ports }

    /// One endpoint, in practice one pod.
    package struct Endpoint: Sendable, Hashable, Codable {
        package var addresses: [String]
        package var conditions: Conditions?
        package var nodeName: String?
        /// v1beta1 only: `kubernetes.io/hostname` is the node.
        package var topology: [String: String]?

        package init(addresses: [String], conditions: Conditions? = nil, nodeName: String? = nil) {
            self.addresses = addresses
            self.conditions = conditions
            self.nodeName = nodeName
        }

        /// The node that the endpoint runs on, where it is known.
        package var node: String? { nodeName ?? topology?["kubernetes.io/hostname"] }

        /// True if the endpoint may get traffic: `ready` absent or true, or `serving` true, so that one which ends but
        /// still answers counts (the rule of kube-proxy and of MetalLB).
        package var canServe: Bool { conditions?.ready != false || conditions?.serving == true }
    }

    /// The state of an endpoint; what is absent is unknown and counts as true for `ready`.
    package struct Conditions: Sendable, Hashable, Codable {
        package var ready: Bool?
        package var serving: Bool?
        package var terminating: Bool?

        package init(ready: Bool? = nil, serving: Bool? = nil, terminating: Bool? = nil) {
            self.ready = ready
            self.serving = serving
            self.terminating = terminating
        }
    }

    /// A port that all endpoints of the slice have.
    package struct Port: Sendable, Hashable, Codable {
        package var name: String?
        package var transport: String?
        package var port: Int?

        package init(name: String? = nil, transport: String? = nil, port: Int? = nil) {
            self.name = name
            self.transport = transport
            self.port = port
        }

        private enum CodingKeys: String, CodingKey {
            case name
            case transport = "protocol"
            case port
        }
    }

    /// The Service that the slice belongs to, if its label says so.
    package var serviceKey: ObjectKey? {
        metadata.labels[Self.serviceNameLabel].map { ObjectKey(namespace: metadata.namespace, name: $0) }
    }
}
