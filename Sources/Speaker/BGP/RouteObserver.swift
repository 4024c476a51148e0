package import KubernetesObjects
package import RoutePlanning

/// Whoever tells people of sessions and routes. Called on the routes' loop; must not wait.
package protocol RouteObserver: AnyObject, Sendable {
    /// A session came up or ended, with the reason.
    func session(with peer: String, isUp: Bool, detail: String)
    /// What becomes of a Service by BGP; nil if it is not ours or gone.
    func plan(_ plan: ServicePlan?, for service: ObjectKey)
}
