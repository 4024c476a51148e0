extension Service {
    /// True if OpenYurt's load-balancer-set controller divides the Service into PoolServices and writes its status: a load
    /// balancer with a class and a selector of NodePools.
    package var isDividedAmongPools: Bool {
        isLoadBalancer && spec.loadBalancerClass != nil
            && metadata.annotations[OpenYurt.nodePoolSelector]?.isEmpty == false
    }

    /// How far traffic that came to a node may go.
    package enum Topology: Sendable, Hashable {
        case anywhere
        /// To endpoints of the node's own pool. A node without a pool is one by itself.
        case nodePool
        case node
    }

    /// What YurtHub lets kube-proxy see of the endpoints (its filter `servicetopology`, which knows these values and takes
    /// any other for none).
    package var topology: Topology {
        switch metadata.annotations[OpenYurt.topology] {
        case "openyurt.io/nodepool", "kubernetes.io/zone": .nodePool
        case "kubernetes.io/hostname": .node
        default: .anywhere
        }
    }

    /// True if YurtHub hides the Service from every kube-proxy at the edge (its filter `discardcloudservice`).
    package var isDiscardedAtEdge: Bool { isLoadBalancer && metadata.annotations[OpenYurt.discard] == "true" }

    /// The node pools whose kube-proxy knows the Service, in the order of the annotation; nil for all.
    package var listeners: NodePoolList? {
        metadata.annotations[OpenYurt.listeners].flatMap { $0.isEmpty ? nil : NodePoolList($0) }
    }

    /// The annotations that decide about node pools and data paths.
    package var openYurtAnnotations: [String: String] {
        metadata.annotations.filter {
            $0.key == OpenYurt.nodePoolSelector || $0.key == OpenYurt.topology || $0.key == OpenYurt.listeners
                || $0.key == OpenYurt.discard
        }
    }
}

/// The value of `nodeport.openyurt.io/listen`: names of node pools, `-name` for one that is left out, `*` for all others.
/// Of a name that stands in it twice the first counts, and a pool that is not in it is left out (YurtHub's filter
/// `nodeportisolation`).
package struct NodePoolList: Sendable, Hashable {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// True if kube-proxy knows the Service on nodes of this pool. Nodes without a pool are not asked.
    package func admits(_ pool: String) -> Bool {
        var isForOthers: Bool?
        for entry in text.split(separator: ",") {
            let word = entry.split(whereSeparator: \.isWhitespace).joined()
            if word == pool { return true }
            if word == "-" + pool { return false }
            if word == "*" || word == "-*" { isForOthers = isForOthers ?? (word == "*") }
        }
        return isForOthers ?? false
    }
}
