import ClusterConfiguration
import Eligibility
import KubernetesObjects

/// What became different in the cluster for those who plan routes: sent from the speaker's loop to theirs.
struct RouteFacts: Sendable {
    /// One Service, or that it is no more.
    struct Change: Sendable {
        var key: ObjectKey
        var service: Service?
        var endpoints: ServingEndpoints
        var nodePools: NodePoolFacts?
    }

    var configuration: Configuration
    /// Nil if the cluster has no node of this name.
    var node: NodeFacts?
    var services: [Change]
    /// The BGPPeers by name, for events.
    var peers: [String: ObjectReference]
}
