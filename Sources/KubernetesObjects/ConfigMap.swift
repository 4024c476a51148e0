/// A `v1.ConfigMap`: what the legacy configuration is read from.
package struct ConfigMap: KubernetesObject, Hashable {
    package static let apiVersion = "v1"
    package static let kind = "ConfigMap"

    package var metadata: ObjectMeta
    package var data: [String: String]?

    package init(metadata: ObjectMeta, data: [String: String]? = nil) {
        self.metadata = metadata
        self.data = data
    }
}

/// A `v1.Namespace`: its labels decide which pools its Services may use.
package struct Namespace: KubernetesObject, Hashable {
    package static let apiVersion = "v1"
    package static let kind = "Namespace"

    package var metadata: ObjectMeta

    package init(metadata: ObjectMeta) { self.metadata = metadata }
}
