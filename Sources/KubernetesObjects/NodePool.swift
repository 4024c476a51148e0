/// An `apps.openyurt.io` NodePool: nodes of one site. Reads v1beta2, v1beta1 and v1alpha1, which have in common what is
/// looked at here.
package struct NodePool: KubernetesObject, Hashable {
    package static let apiVersion = "apps.openyurt.io/v1beta1"
    package static let kind = "NodePool"

    package var metadata: ObjectMeta

    package init(metadata: ObjectMeta) { self.metadata = metadata }

    /// The pool without what changes with every node of it.
    package var digest: NodePool {
        var kept = ObjectMeta(
            name: metadata.name, uid: metadata.uid, labels: metadata.labels,
            annotations: metadata.annotations.filter { $0.key == OpenYurt.addressPools })
        kept.deletionTimestamp = metadata.deletionTimestamp
        return NodePool(metadata: kept)
    }
}
