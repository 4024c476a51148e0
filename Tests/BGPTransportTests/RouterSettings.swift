import Addresses
import TestSupport

/// What a router of a test is to be, in terms that every daemon has. It is 10.9.0.2 and fd09::2 in AS 65000, and its
/// peer is 10.9.0.1 or fd09::1.
struct RouterSettings: Sendable {
    /// The family of the connection.
    var session = IPFamily.ipv4
    var families: Set<IPFamily> = [.ipv4]
    var ownAS: UInt32 = 65000
    var peerAS: UInt32 = 65001
    /// True if the router knows AS numbers of four octets.
    var isFourOctet = true
    /// True if the router waits for the speaker to connect.
    var isPassive = true
    var holdSeconds = 9
    var password: String?
    /// GTSM (RFC 5082) for one hop.
    var isSecured = false
    /// The router's address where it is not on the speaker's link.
    var remoteAddress: String?
    var isBFDOn = false
    /// True if BFD has the echo function too.
    var isEchoOn = false

    var isInternal: Bool { ownAS == peerAS }
    var near: String { remoteAddress ?? (session == .ipv4 ? "10.9.0.2" : "fd09::2") }
    var far: String { session == .ipv4 ? "10.9.0.1" : "fd09::1" }

    init() {}

    /// Settings that differ from the defaults in what the closure changes.
    init(_ change: (inout RouterSettings) -> Void) { change(&self) }
}

/// A route as a router shows it.
struct ShownRoute: Sendable, Hashable {
    var nextHops: Set<String> = []
    var path: [UInt32] = []
    var localPreference: Int?
    /// In the form `65001:100`.
    var communities: Set<String> = []
    /// In the form `65001:1:2`.
    var largeCommunities: Set<String> = []
}

/// A daemon of somebody else that speaks BGP with ours, in a namespace of its own; ended with the last reference.
protocol Router: Sendable {
    /// The route to a prefix in the daemon's own words; nil if it has none.
    func route(_ prefix: String) async throws -> ShownRoute?
    /// The number of routes that it has, of IPv4.
    var routeCount: Int { get async throws }
    /// True if the daemon calls its session with the speaker established.
    var isEstablished: Bool { get async throws }
    /// Asks the speaker to send its routes again (RFC 2918).
    func refresh() async throws
    /// Ends the session from the router's side, to begin it again.
    func reset() async throws
    /// All that the daemon has said of itself.
    var log: String { get async throws }
}

/// The daemons that tests run against.
enum RouterKind: String, Sendable, CaseIterable {
    case bird, frr, gobgp, exabgp

    /// Those that dial again by themselves soon after a session ended.
    static let restartable: [RouterKind] = [.bird, .frr, .gobgp]

    /// Starts the daemon; returns once it answers.
    func start(in namespace: NetworkNamespace, _ settings: RouterSettings = RouterSettings()) async throws
        -> any Router
    {
        switch self {
        case .bird: try await BirdRouter(in: namespace, settings)
        case .frr: try await FRRRouter(in: namespace, settings)
        case .gobgp: try await GoBGPRouter(in: namespace, settings)
        case .exabgp: try await ExaBGPRouter(in: namespace, settings)
        }
    }
}
