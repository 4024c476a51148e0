/// An `apiextensions.k8s.io/v1` CustomResourceDefinition, as far as it says whether its kind is served.
package struct CustomResourceDefinition: KubernetesObject, Hashable {
    package static let apiVersion = "apiextensions.k8s.io/v1"
    package static let kind = "CustomResourceDefinition"

    package var metadata: ObjectMeta
    package var status: Status?

    package init(metadata: ObjectMeta, status: Status? = nil) {
        self.metadata = metadata
        self.status = status
    }

    package struct Status: Sendable, Hashable, Codable {
        package var conditions: [Condition]?

        package init(conditions: [Condition]? = nil) { self.conditions = conditions }
    }

    /// True if the server answers for the kind.
    package var isEstablished: Bool {
        status?.conditions?.contains { $0.type == "Established" && $0.status == "True" } ?? false
    }
}
