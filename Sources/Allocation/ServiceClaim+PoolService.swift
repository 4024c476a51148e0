package import Addresses
package import KubernetesObjects
import Reasons

extension PoolService {
    /// Its name among all who have addresses. No Service can have it: there is no slash in a Service's name.
    package var holderKey: ObjectKey { Self.holderKey(key) }

    /// The name among all who have addresses of the PoolService with this key.
    package static func holderKey(_ key: ObjectKey) -> ObjectKey {
        ObjectKey(namespace: key.namespace, name: holderPrefix + key.name)
    }

    /// The PoolService that a holder of addresses is; nil for a Service.
    package static func key(ofHolder holder: ObjectKey) -> ObjectKey? {
        guard holder.name.hasPrefix(holderPrefix) else { return nil }
        return ObjectKey(namespace: holder.namespace, name: String(holder.name.dropFirst(holderPrefix.count)))
    }

    private static let holderPrefix = "poolservice/"
}

extension ServiceClaim {
    /// Reads a PoolService: it asks for what its Service asks for, of the addresses of its node pool.
    ///
    /// - Parameters:
    ///   - service: the Service that it stands for; nil if there is none.
    ///   - nodePool: the NodePool; nil if there is none. What was given stays then, and nothing is given.
    ///   - namespaceLabels: those of the namespace; nil if that is not known.
    ///   - classes: those that are served.
    ///   - isOfNodePool: whether an address is one for the node pool.
    package init(
        _ poolService: PoolService, of service: Service?, in nodePool: NodePool?, namespaceLabels: [String: String]?,
        classes: Set<String>, isOfNodePool: (IPAddress, ServiceRequest.NodePoolFacts) -> Bool
    ) {
        guard poolService.metadata.deletionTimestamp == nil else {
            self = .unclaimed(.deleted)
            return
        }
        let own = poolService.spec.loadBalancerClass
        guard own.map(classes.contains) ?? false else {
            let serving = classes.sorted().map { "`\($0)`" }.joined(separator: ", ")
            self = .foreign("PoolService", ofClass: own, serving: serving)
            return
        }
        guard let service, service.isLoadBalancer, let name = poolService.nodePool else {
            self = .unclaimed(.noService)
            return
        }
        let clusterAddresses = service.clusterAddresses
        if clusterAddresses.isEmpty {
            self = .unclaimed(.noClusterAddress)
            return
        }
        let facts = ServiceRequest.NodePoolFacts(name, labels: nodePool?.metadata.labels)
        do throws(AllocationRefusal) {
            let families = try Self.families(of: service, clusterAddresses)
            var asking = service
            asking.status = Service.Status(loadBalancer: poolService.status.loadBalancer)
            var request = Self.request(asking, families, namespaceLabels) { (perFamily) throws(AllocationRefusal) in
                if nodePool == nil {
                    throw AllocationRefusal(.noPool, subject: name, "there is no NodePool `\(name)`")
                }
                return try Self.wish(of: service, for: facts, perFamily, isOfNodePool)
            }
            request.key = poolService.holderKey
            request.nodePool = facts
            request.created = poolService.metadata.creationTimestamp ?? ""
            self = .request(request)
        } catch {
            self = .unentitled(error)
        }
    }

    /// What is wanted for one node pool: the address that the Service names for it, else those of the addresses that it
    /// names for all that are this pool's. Where none of these is, any.
    private static func wish(
        of service: Service, for nodePool: ServiceRequest.NodePoolFacts, _ perFamily: Int,
        _ isOfNodePool: (IPAddress, ServiceRequest.NodePoolFacts) -> Bool
    ) throws(AllocationRefusal) -> ServiceRequest.Wish {
        let annotations = service.metadata.annotations
        let pool = ServiceAnnotations.value(.addressPool, in: annotations)
        if let text = annotations[OpenYurt.poolAddressPrefix + nodePool.name], !text.isEmpty {
            let addresses = try addresses(text)
            try checkCount(of: addresses, perFamily, text)
            return .addresses(addresses, pool: pool)
        }
        let named = [
            annotations[OpenYurt.vip], ServiceAnnotations.value(.loadBalancerIPs, in: annotations),
            service.spec.loadBalancerIP,
        ]
        let text = named.lazy.compactMap { $0 }.first { !$0.isEmpty } ?? ""
        let meant = text.isEmpty ? [] : try addresses(text).filter { isOfNodePool($0, nodePool) }
        if meant.isEmpty { return pool.map { .pool($0) } ?? .automatic }
        try checkCount(of: meant, perFamily, text)
        return .addresses(meant, pool: pool)
    }
}
