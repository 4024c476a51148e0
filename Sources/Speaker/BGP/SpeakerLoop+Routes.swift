package import Addresses
import Announcement
import ClusterConfiguration
import Eligibility
import NIOCore
import Timing
import KubernetesObjects

// What the speaker's loop does for BGP: it passes on what the cluster wants, and keeps the routes of VIPs in the kernel.
extension SpeakerLoop {
    /// Lets somebody plan BGP routes by what this loop learns of the cluster. To be called before `start`.
    func attach(_ routes: RouteLoop) { self.routes = routes }

    /// The state as the HTTP endpoint shows it, sessions included.
    package func state(with routes: RouteLoop) async -> SpeakerState {
        var state = state
        state.sessions = await routes.state
        return state
    }

    /// Routers send these addresses here by BGP.
    package nonisolated func setRouted(_ addresses: Set<IPAddress>) {
        loop.execute {
            self.assumeIsolated { speaker in
                if !addresses.isEmpty { speaker.kernel.setLease(Self.lease, at: speaker.now) }
                speaker.kernel.route(addresses)
            }
        }
    }

    /// How long kernel state outlives a process that hangs, and one that is replaced.
    private static let lease: Duration = .seconds(4)
    static let restartLease: Duration = .seconds(30)

    /// Passes on what became different for those who plan routes.
    func tellRoutes() {
        guard let routes, session.cluster.isComplete else { return }
        let cluster = session.cluster
        let facts = RouteFacts(
            configuration: cluster.configuration, node: cluster.node(nodeName),
            services: session.takeDecided().map {
                RouteFacts.Change(
                    key: $0, service: cluster.service($0), endpoints: cluster.endpoints(of: $0),
                    nodePools: cluster.nodePools(of: $0))
            }, peers: cluster.peerReferences)
        let known = ToldRoutes(configuration: facts.configuration, node: facts.node, peers: facts.peers)
        guard !facts.services.isEmpty || toldRoutes != known else { return }
        toldRoutes = known
        routes.follow(facts)
    }

    /// Routes for BGP live by the same lease. A process that slept does not renew it before sessions of layer 2 have had
    /// their say: others may have taken over meanwhile.
    func holdLease() {
        let slept = lastPoll.map { now - $0 } ?? .zero
        lastPoll = now
        guard isStarted, !kernel.program.routed.isEmpty, slept < .seconds(2) else { return }
        kernel.setLease(Self.lease, at: now)
    }
}

/// What those who plan routes were told beside Services.
struct ToldRoutes: Equatable {
    var configuration: Configuration
    var node: NodeFacts?
    var peers: [String: ObjectReference]
}
