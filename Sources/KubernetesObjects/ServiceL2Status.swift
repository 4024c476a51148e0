/// A `metallb.io/v1beta1` ServiceL2Status: which node announces a Service on the local network. Written by the speaker
/// that does.
package struct ServiceL2Status: KubernetesObject, Hashable {
    package static let apiVersion = "metallb.io/v1beta1"
    package static let kind = "ServiceL2Status"
    /// Label with the node that announces.
    package static let nodeLabel = "metallb.io/node"
    /// Label with the name of the Service.
    package static let serviceNameLabel = "metallb.io/service-name"
    /// Label with the namespace of the Service.
    package static let serviceNamespaceLabel = "metallb.io/service-namespace"

    package var metadata: ObjectMeta
    package var status: Status

    package init(metadata: ObjectMeta, status: Status = Status()) {
        self.metadata = metadata
        self.status = status
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        metadata = try container.decode(ObjectMeta.self, forKey: .metadata)
        status = try container.decodeIfPresent(Status.self, forKey: .status) ?? Status()
    }

    private enum CodingKeys: String, CodingKey { case metadata, status }

    /// What is announced, and from where. Node and Service never change once they are written.
    package struct Status: Sendable, Hashable, Codable {
        package var node: String?
        package var serviceName: String?
        package var serviceNamespace: String?
        /// Absent if the addresses are announced on all interfaces.
        package var interfaces: [Interface]?

        package init(
            node: String? = nil, serviceName: String? = nil, serviceNamespace: String? = nil,
            interfaces: [Interface]? = nil
        ) {
            self.node = node
            self.serviceName = serviceName
            self.serviceNamespace = serviceNamespace
            self.interfaces = interfaces
        }
    }

    /// An interface that announces.
    package struct Interface: Sendable, Hashable, Codable {
        package var name: String?

        package init(name: String) { self.name = name }
    }
}
