import Allocation
import KubernetesObjects

extension Service {
    /// The Service without what the controller never looks at, which is most of it: a hundred thousand are kept.
    var digest: Service {
        let annotations = metadata.annotations.filter { ServiceAnnotations.isKnown($0.key) }
        var kept = ObjectMeta(
            name: metadata.name, namespace: metadata.namespace, uid: metadata.uid, labels: metadata.labels,
            annotations: annotations)
        kept.resourceVersion = metadata.resourceVersion
        kept.creationTimestamp = metadata.creationTimestamp
        guard isLoadBalancer else {
            // What a former LoadBalancer may have left is in its status and annotations.
            kept.labels = [:]
            return Service(metadata: kept, spec: Spec(type: spec.type), status: status)
        }
        var slim = spec
        let mayShare = annotations.keys.contains { $0.hasSuffix(ServiceAnnotations.Name.allowSharedIP.rawValue) }
        if !mayShare {
            slim.ports = nil
            slim.selector = nil
        }
        slim.ipFamilies = nil
        slim.healthCheckNodePort = nil
        return Service(metadata: kept, spec: slim, status: status)
    }
}
