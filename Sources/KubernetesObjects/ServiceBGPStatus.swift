/// A `metallb.io/v1beta1` ServiceBGPStatus: to which peers a node means to announce a Service. Written by each speaker
/// that does, with the labels of ServiceL2Status.
package struct ServiceBGPStatus: KubernetesObject, Hashable {
    package static let apiVersion = "metallb.io/v1beta1"
    package static let kind = "ServiceBGPStatus"

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

    /// What is announced, from where and to whom. Node and Service never change once they are written.
    package struct Status: Sendable, Hashable, Codable {
        package var node: String?
        package var serviceName: String?
        package var serviceNamespace: String?
        /// Sorted names of BGPPeers, whether their sessions are up or not.
        package var peers: [String]?

        package init(
            node: String? = nil, serviceName: String? = nil, serviceNamespace: String? = nil, peers: [String]? = nil
        ) {
            self.node = node
            self.serviceName = serviceName
            self.serviceNamespace = serviceNamespace
            self.peers = peers
        }
    }
}
