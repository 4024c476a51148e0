import BGPTransport
import ClusterConfiguration

/// One `BGPPeer` of this node: what is wanted, and the session that there is. Used on the routes' loop only.
final class PeerSlot {
    let name: String
    /// Nil once it is no longer configured for this node.
    var definition: Configuration.Peer?
    var audience: RouteAudience?
    var transport: PeerTransport?
    /// True from the request to leave until the session is at rest.
    var isLeaving = false
    var obstacle: PeerPlan.Obstacle?
    var isUp = false
    /// Its metrics, while there is a session.
    var series: SessionSeries?
    /// What BFD says of the path, once it was asked.
    var forwarding: PeerForwarding?

    init(name: String) { self.name = name }
}
