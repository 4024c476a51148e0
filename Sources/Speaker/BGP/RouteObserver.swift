package import KubernetesObjects
package import RoutePlanning

/// Whoever tells people of sessions and routes. Called on the routes' loop; must not wait.
package protocol RouteObserver: AnyObject, Sendable {
    /// A session came up or ended, with the reason.
    /// - Parameter reference: the BGPPeer; nil if it is gone.
    func session(with peer: String, as reference: ObjectReference?, isUp: Bool, detail: String)
    /// What becomes of a Service by BGP; nil if it is not ours or gone.
    /// - Parameter reference: the Service; nil if it is gone.
    func plan(_ plan: ServicePlan?, for service: ObjectKey, as reference: ObjectReference?)
}
