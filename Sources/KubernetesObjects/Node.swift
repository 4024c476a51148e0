/// A `v1.Node`, as far as eligibility looks at it.
package struct Node: KubernetesObject, Hashable {
    package static let apiVersion = "v1"
    package static let kind = "Node"

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

    package struct Status: Sendable, Hashable, Codable {
        package var conditions: [Condition]?
        package var addresses: [Address]?

        package init(conditions: [Condition]? = nil, addresses: [Address]? = nil) {
            self.conditions = conditions
            self.addresses = addresses
        }
    }

    /// One of the node's addresses: `InternalIP`, `ExternalIP` or `Hostname`.
    package struct Address: Sendable, Hashable, Codable {
        package var type: String
        package var address: String

        package init(type: String, address: String) {
            self.type = type
            self.address = address
        }
    }
}

extension Node {
    /// The label that keeps a node out of load balancing, whatever its value.
    package static let excludeLabel = "node.kubernetes.io/exclude-from-external-load-balancers"

    /// The annotation by which a node gives its addresses away while it stays in the cluster: `"true"`.
    package static let drainAnnotation = "toono.io/drain"

    /// True if the node is to announce nothing.
    package var isDrained: Bool { metadata.annotations[Self.drainAnnotation] == "true" }

    /// True if the network of the node was never set up (condition `NetworkUnavailable`).
    package var isNetworkUnavailable: Bool {
        status.conditions?.contains { $0.type == "NetworkUnavailable" && $0.status == "True" } ?? false
    }

    /// True if the node carries the exclude label.
    package var isExcluded: Bool { metadata.labels[Self.excludeLabel] != nil }
}
