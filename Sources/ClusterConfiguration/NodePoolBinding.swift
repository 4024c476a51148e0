package import KubernetesObjects

/// Which of OpenYurt's node pools an address pool is for: its addresses are of their sites' networks and of no use elsewhere.
package enum NodePoolBinding: Sendable, Hashable {
    /// One, by the label `toono.io/nodepool` of the IPAddressPool.
    case name(String)
    /// Those whose labels the annotation `toono.io/nodepool-selector` of the IPAddressPool selects.
    case selector(LabelQuery)

    package static let label = "toono.io/nodepool"
    package static let selectorAnnotation = "toono.io/nodepool-selector"

    /// True if the addresses are for this node pool.
    /// - Parameter labels: those of the NodePool; nil if it is not known, which is no reason to take away what was given.
    package func admits(_ nodePool: String, labels: [String: String]?) -> Bool {
        switch self {
        case .name(let name): name == nodePool
        case .selector(let query): labels.map(query.matches) ?? true
        }
    }
}
