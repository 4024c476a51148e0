import Addresses
import ClusterConfiguration
import LinkSockets
import Logging
import NIOCore

// Peers without an address: who is at the other end of an interface is found out, and can change.
extension RouteLoop {
    /// What is known of the router on each interface that a peer names.
    var sightings: [String: Result<IPAddress, PeerPlan.Obstacle>] {
        finders.reduce(into: [:]) { sightings, finder in
            let (interface, finder) = finder
            sightings[interface] =
                finder.router.map { .success($0) }
                ?? .failure(.routerUnknown(interface: interface, finder.obstacle ?? .routerSilent))
        }
    }

    /// Looks for routers on the interfaces that peers name, and on no others.
    func followInterfaces() {
        let wanted = end == nil ? Set(slots.values.compactMap { $0.definition?.interface }) : []
        for (interface, finder) in finders where !wanted.contains(interface) {
            finder.close()
            finders[interface] = nil
        }
        for interface in wanted where finders[interface] == nil {
            let finder = RouterFinder(interface: interface, on: loop) { [weak self] router in
                self?.assumeIsolated { $0.note(router, on: interface) }
            }
            finders[interface] = finder
            finder.start()
        }
    }

    private func note(_ router: IPAddress, on interface: String) {
        logger.notice("a router was found", metadata: ["interface": "\(interface)", "address": "\(router)"])
        for slot in slots.values where slot.definition?.interface == interface { reconcile(slot.name) }
    }

    /// Another router of the link may be the one to talk to.
    func noteUnanswered(_ slot: PeerSlot) {
        if let interface = slot.definition?.interface { finders[interface]?.noteUnanswered() }
    }
}

extension Configuration.Peer {
    /// The interface of an unnumbered session.
    var interface: String? {
        if case .interface(let name) = endpoint { name } else { nil }
    }
}
