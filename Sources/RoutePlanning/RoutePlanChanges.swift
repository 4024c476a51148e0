package import Addresses
package import ClusterConfiguration
package import KubernetesObjects

/// What became different by an update of the plan.
package struct RoutePlanChanges: Sendable, Hashable {
    /// What one peer has to be told.
    package struct Routes: Sendable, Hashable {
        /// New routes, and routes whose attributes changed.
        package var announced: [IPPrefix: RouteAttributes] = [:]
        package var withdrawn: Set<IPPrefix> = []

        package init() {}
    }

    /// Peers to hold a session with from now on, in order of name.
    package var opened: [Configuration.Peer] = []
    /// Peers whose definition changed, in order of name.
    package var changed: [Configuration.Peer] = []
    /// Names of peers that this node is no longer to hold a session with, in order. Their routes are gone with them.
    package var closed: [String] = []
    /// By the name of a peer that is there.
    package var routes: [String: Routes] = [:]
    /// Services whose plan changed, in order.
    package var services: [ObjectKey] = []

    package init() {}

    /// True if nothing is to be done.
    package var isEmpty: Bool { self == RoutePlanChanges() }
}
