/// Why a Service has no address, or why a node does not announce one. The names are API: events, conditions, metrics
/// and the command line show them, and `docs/troubleshooting.md` has a paragraph for each.
package enum Reason: String, Sendable, Hashable, CaseIterable, Codable {
    // MARK: no address
    /// There is no pool, or none that the Service may use.
    case noPool
    /// Every address of the pools that the Service may use is taken.
    case poolExhausted
    /// The address asked for is in no pool, or in none that the Service may use.
    case addressNotInPool
    /// Another Service has the address that this one asks for.
    case addressTaken
    /// Another Service has the address, and the rules of sharing keep the two apart.
    case sharingConflict
    /// The addresses asked for, or those of the pools, are of other families than the Service; or the session with a
    /// BGP peer does not carry the address's family.
    case familyMismatch
    /// The Service's `loadBalancerClass` is not the one that Toono serves.
    case classNotOurs
    // MARK: not announced here
    /// No advertisement selects the pool, or the Service.
    case noAdvertisement
    /// No node that an advertisement admits may announce.
    case noEligibleNode
    /// This node carries the label `node.kubernetes.io/exclude-from-external-load-balancers`, or no advertisement's
    /// node selectors match it.
    case nodeExcluded
    /// The address is for another of OpenYurt's node pools than this node is in.
    case otherNodePool
    /// OpenYurt divides the Service among node pools, and no PoolService has the address, or none is there.
    case noPoolService
    /// This node's condition `NetworkUnavailable` is true.
    case networkUnavailable
    /// No endpoint of the Service can serve.
    case noServingEndpoint
    /// `externalTrafficPolicy: Local`, and no endpoint on this node can serve.
    case noLocalEndpoint
    /// Another node owns the address on this link.
    case ownedBy
    /// A stranger on the link answers for the address.
    case addressInUse
    /// The interfaces that the advertisement names do not exist on this node.
    case interfaceMissing
    /// The link is down or without carrier.
    case linkDown
    /// No link of this node has a subnet that holds the address.
    case noSubnet
    /// What carries traffic from this node to the pods is not ready.
    case dataPlaneNotReady
    /// The node has just started and waits for its turn.
    case bootHold
    /// An operator drains this node.
    case quiesced
    /// Several BGPAdvertisements give one route different values of LOCAL_PREF, or more communities than a route can
    /// have.
    case conflictingAdvertisements
    /// No BGP peer of this node takes the route: none is for this node, none is named by the advertisement, or none
    /// carries the address's family.
    case noPeer
    /// The BGP peer is down.
    case peerDown
    /// The speaker lacks a capability of the kernel's and has ended.
    case capabilityMissing
    /// The kernel refused a change; its own words follow.
    case kernelRefused
    /// The configuration is invalid; the last good one stays in force.
    case configurationInvalid
}
