/// The names by which OpenYurt's parts know one another (openyurtio/openyurt, `pkg/apis/apps`, `pkg/apis/network`).
package enum OpenYurt {
    /// The label of a Node with the name of its node pool.
    package static let nodePoolLabel = "apps.openyurt.io/nodepool"
    /// The label of a Node at the edge: `"true"`.
    package static let edgeWorkerLabel = "openyurt.io/is-edge-worker"

    /// The annotation of a NodePool with the addresses for its Services: ranges and addresses, separated by commas.
    package static let addressPools = "openyurt.io/address-pools"

    /// The annotation of a Service with a selector of NodePools. With it and a class, the load-balancer-set controller
    /// makes a PoolService for each of them and writes the Service's status itself.
    package static let nodePoolSelector = "service.openyurt.io/nodepool-labelselector"
    /// The annotation of a Service with addresses that it asks for, of whatever node pools.
    package static let vip = "service.openyurt.io/vip"
    /// What the annotation with the address for one node pool begins with; the pool's name follows.
    package static let poolAddressPrefix = "service.openyurt.io/loadBalancerIP-"
    /// The classes under which OpenYurt's own proposals and drafts gave each node pool an address.
    package static let classList = "service.openyurt.io/vip,service.openyurt.io/viplb"
    package static let classes = classes(in: classList)

    /// The classes in a list with commas, or `none`.
    package static func classes(in list: String) -> Set<String> {
        list == "none" ? [] : Set(list.split(separator: ",").map(String.init))
    }

    /// The annotation of a Service that keeps traffic on the node or in its node pool.
    package static let topology = "openyurt.io/topologyKeys"
    /// The annotation of a Service with the node pools whose kube-proxy knows it.
    package static let listeners = "nodeport.openyurt.io/listen"
    /// The annotation of a load balancer's Service that no kube-proxy at the edge knows: `"true"`.
    package static let discard = "svc.openyurt.io/discard"

    /// The labels of a PoolService: whose it is, and for which node pool.
    package static let serviceNameLabel = "openyurt.io/service-name"
    package static let poolNameLabel = "openyurt.io/pool-name"
    /// The label of the PoolServices that the load-balancer-set controller made.
    package static let managedByLabel = "poolservice.openyurt.io/managed-by"
    package static let loadBalancerSet = "load-balancer-set-controller"
    /// That controller's finalizer on Services.
    package static let serviceFinalizer = "poolservice.openyurt.io/resources"
}
