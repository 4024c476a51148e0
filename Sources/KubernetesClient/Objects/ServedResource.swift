/// A kind that servers of different age serve in different versions, such as EndpointSlice (v1 since Kubernetes 1.21,
/// v1beta1 before), in the order of preference.
package struct ServedResource: Sendable, Hashable {
    package var group: String
    /// At least one; the best first.
    package var versions: [String]
    package var plural: String
    /// Nil for all namespaces, and for kinds of the cluster.
    package var namespace: String?

    package init(group: String, versions: [String], plural: String, namespace: String? = nil) {
        self.group = group
        self.versions = versions
        self.plural = plural
        self.namespace = namespace
    }

    /// A kind that is only known in one version.
    package init(_ path: ResourcePath) {
        self.init(group: path.group, versions: [path.version], plural: path.plural, namespace: path.namespace)
    }

    /// EndpointSlices of all namespaces.
    package static let endpointSlices = ServedResource(
        group: "discovery.k8s.io", versions: ["v1", "v1beta1"], plural: "endpointslices")

    /// OpenYurt's PoolServices of all namespaces.
    package static let poolServices = ServedResource(.poolServices)

    /// OpenYurt's NodePools.
    package static let nodePools = ServedResource(
        group: "apps.openyurt.io", versions: ["v1beta2", "v1beta1", "v1alpha1"], plural: "nodepools")
}
