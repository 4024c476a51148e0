import Addresses
import ClusterConfiguration

/// Peers that are told the same routes, and so read one table: those that the same advertisements mean and whose
/// sessions carry the same families.
struct RouteAudience: Sendable, Hashable {
    private let advertisements: Set<String>
    private let families: Set<IPFamily>

    init(of peer: Configuration.Peer, in configuration: Configuration) {
        advertisements = Set(
            configuration.bgpAdvertisements.filter { $0.peers?.contains(peer.name) != false }.map(\.name))
        switch peer.endpoint {
        case .address(let address, _): families = peer.isDualStack ? Set(IPFamily.allCases) : [address.family]
        case .interface: families = Set(IPFamily.allCases)
        }
    }
}
