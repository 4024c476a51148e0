package import KubernetesClient
package import KubernetesObjects
package import Logging
package import RoutePlanning
import Synchronization

/// Tells people of BGP: the log and events on the peers, the statuses and events of Services. On change only.
package final class RouteReporter: RouteObserver {
    private let node: String
    private let events: EventRecorder
    private let statuses: RouteStatusWriter
    private let logger: Logger
    /// The peers that each Service is announced to.
    private let announced = Mutex<[ObjectKey: [String]]>([:])

    package init(
        node: String, events: EventRecorder, statuses: RouteStatusWriter, logger: Logger
    ) {
        self.node = node
        self.events = events
        self.statuses = statuses
        self.logger = logger
    }

    package func session(with peer: String, as reference: ObjectReference?, isUp: Bool, detail: String) {
        logger.notice(
            isUp ? "BGP session is up" : "BGP session ended", metadata: ["peer": "\(peer)", "detail": "\(detail)"])
        guard let reference else { return }
        events.emit(
            isUp ? .normal : .warning, reason: isUp ? "sessionUp" : "sessionDown",
            message: "node \"\(node)\": " + (isUp ? "session is up: \(detail)" : "session ended: \(detail)"),
            regarding: reference)
    }

    package func plan(_ plan: ServicePlan?, for service: ObjectKey, as reference: ObjectReference?) {
        let peers = plan?.peers ?? []
        let before = announced.withLock { announced in
            let before = announced[service] ?? []
            announced[service] = peers.isEmpty ? nil : peers
            return before
        }
        guard before != peers else { return }
        statuses.set(peers, for: service)
        logger.info(
            "Service changed its BGP peers",
            metadata: ["service": "\(service)", "peers": "\(peers.joined(separator: ", "))"])
        guard before.isEmpty, let reference else { return }
        events.emit(
            .normal, reason: "nodeAssigned", message: "announcing from node \"\(node)\" with protocol \"bgp\"",
            regarding: reference)
    }
}
