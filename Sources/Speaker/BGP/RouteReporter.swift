import Addresses
import Eligibility
package import KubernetesClient
package import KubernetesObjects
package import Logging
import Reasons
package import RoutePlanning
import Synchronization

/// Tells people of BGP: the log and events on the peers, the statuses and events of Services. On change only.
package final class RouteReporter: RouteObserver {
    private let node: String
    private let events: EventRecorder
    private let statuses: RouteStatusWriter
    private let logger: Logger
    /// What was told of each Service.
    private let told = Mutex<[ObjectKey: Told]>([:])

    private struct Told {
        /// The peers that it is announced to.
        var peers: [String] = []
        /// Addresses whose advertisements contradict each other.
        var conflicts: [IPAddress: ServicePlan.Refusal] = [:]
    }

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
        var now = Told(peers: plan?.peers ?? [])
        for address in plan?.addresses ?? [] where address.refusal?.reason == .conflictingAdvertisements {
            now.conflicts[address.address] = address.refusal
        }
        let before = told.withLock { told in
            defer { told[service] = now.peers.isEmpty && now.conflicts.isEmpty ? nil : now }
            return told[service] ?? Told()
        }
        for (address, refusal) in now.conflicts.sorted(by: { $0.key < $1.key })
        where before.conflicts[address] != refusal {
            warn(address, refusal, service, reference)
        }
        guard before.peers != now.peers else { return }
        statuses.set(now.peers, for: service)
        logger.info(
            "Service changed its BGP peers",
            metadata: ["service": "\(service)", "peers": "\(now.peers.joined(separator: ", "))"])
        guard before.peers.isEmpty, let reference else { return }
        events.emit(
            .normal, reason: "nodeAssigned", message: "announcing from node \"\(node)\" with protocol \"bgp\"",
            regarding: reference)
    }

    private func warn(
        _ address: IPAddress, _ refusal: ServicePlan.Refusal, _ service: ObjectKey, _ reference: ObjectReference?
    ) {
        logger.notice(
            "address is not announced by BGP",
            metadata: [
                "address": "\(address)", "service": "\(service)", "reason": "\(refusal.reason.rawValue)",
                "detail": "\(refusal.message)",
            ])
        guard let reference else { return }
        events.emit(
            .warning, reason: "announceFailed",
            message: "\(address) is not announced: \(refusal.reason.rawValue): \(refusal.message)",
            regarding: reference)
    }
}
