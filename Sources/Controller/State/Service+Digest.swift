import Allocation
import KubernetesObjects

extension Service {
    /// The Service without what the controller never looks at, which is most of it: a hundred thousand are kept.
    /// - Parameter texts: what Services have in common.
    func digest(sharing texts: inout TextPool) -> Service {
        let annotations = texts.sharing(metadata.annotations, where: ServiceAnnotations.isKnown)
        var kept = ObjectMeta(
            name: metadata.name, namespace: texts.shared(metadata.namespace), uid: metadata.uid,
            annotations: annotations)
        kept.resourceVersion = metadata.resourceVersion
        kept.creationTimestamp = metadata.creationTimestamp.map { texts.shared($0) }
        guard isLoadBalancer else {
            // What a former LoadBalancer may have left is in its status and annotations.
            return Service(metadata: kept, spec: Spec(type: spec.type), status: status)
        }
        kept.labels = texts.sharing(metadata.labels)
        var slim = spec
        let mayShare = annotations.keys.contains { $0.hasSuffix(ServiceAnnotations.Name.allowSharedIP.rawValue) }
        if !mayShare {
            slim.ports = nil
            slim.selector = nil
        }
        slim.ipFamilies = nil
        slim.healthCheckNodePort = nil
        slim.ipFamilyPolicy = slim.ipFamilyPolicy.map { texts.shared($0) }
        var status = status
        status.conditions = status.conditions?.map { condition in
            var condition = condition
            condition.type = texts.shared(condition.type)
            condition.lastTransitionTime = condition.lastTransitionTime.map { texts.shared($0) }
            return condition
        }
        return Service(metadata: kept, spec: slim, status: status)
    }
}
