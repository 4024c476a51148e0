import Addresses
package import Announcement
import Eligibility
package import KubernetesClient
import KubernetesObjects
package import Logging
import Metrics
package import Ownership
import Reasons
import Synchronization
package import Timing

/// Tells people what the speaker does: events on Services, the log, metrics, and which Services' statuses are due. On
/// change only, never because something was looked at again.
package final class Reporter: SpeakerObserver {
    private struct Memory {
        /// The state last told, by link and address.
        var states: [Place: VIPState] = [:]
        /// The node that owned an address before, by link and address: whose status object a successor clears away.
        var owners: [Place: String] = [:]
        /// What is wrong with this node alone and was told, by address.
        var obstacles: [IPAddress: Layer2Eligibility.Refusal] = [:]
        /// The refusals told, by address.
        var refusals: [IPAddress: Layer2Eligibility.Refusal] = [:]
        var gauges: AddressGauges
        var metrics: OwnershipMetrics
    }

    private struct Place: Hashable {
        var link: Int32
        var address: IPAddress
    }

    private let node: String
    private let events: EventRecorder
    private let statuses: StatusWriter
    private let logger: Logger
    private let memory: Mutex<Memory>

    package init(node: String, events: EventRecorder, statuses: StatusWriter, logger: Logger) {
        self.node = node
        self.events = events
        self.statuses = statuses
        self.logger = logger
        let factory = MetricsSystem.factory
        memory = Mutex(
            Memory(gauges: AddressGauges(node: node, factory: factory), metrics: OwnershipMetrics(factory: factory)))
    }

    // MARK: - SpeakerObserver

    package func observe(_ report: OwnershipReport, link: LinkFacts?, session: AnnouncementSession) {
        let name = link?.name ?? "?"
        switch report {
        case .vips(let changes): for change in changes { tell(change, on: link, session) }
        case .peerUp(let peer, _):
            memory.withLock { $0.metrics.isHeard(peer, on: name) }
            logger.notice("a speaker is heard both ways", metadata: ["node": "\(peer)", "link": "\(name)"])
        case .peerSilent(let peer, let instance):
            let status = link.flatMap { session.peers(on: $0.index).first { $0.instance == instance } }
            let silence = status.map { $0.interval * $0.multiplier } ?? .zero
            memory.withLock { $0.metrics.fellSilent(peer, on: name, for: silence, at: .now) }
            logger.debug("a speaker fell silent and is asked", metadata: ["node": "\(peer)", "link": "\(name)"])
        case .peerHeld(let peer, _):
            logger.notice("a silent speaker's kernel still answers", metadata: ["node": "\(peer)", "link": "\(name)"])
        case .peerDown(let peer, _, let reason):
            memory.withLock { $0.metrics.lost(on: name) }
            logger.notice(
                "a speaker is gone", metadata: ["node": "\(peer)", "link": "\(name)", "reason": "\(reason)"])
        case .duplicateNodeName(let mac, let givesWay):
            logger.error(
                "another machine has this node's name",
                metadata: ["mac": "\(mac)", "link": "\(name)", "gives_way": "\(givesWay)"])
        case .nodeNameFree:
            logger.notice("the other machine with this node's name is gone", metadata: ["link": "\(name)"])
        case .addressInUse(let address, let mac):
            memory.withLock { $0.metrics.conflict(on: name, isAnnounced: false) }
            warn(address, session, .addressInUse, "\(mac) on \(name) answers for \(address), which no speaker claims")
        case .stranger(let address, let mac):
            memory.withLock { $0.metrics.conflict(on: name, isAnnounced: true) }
            warn(
                address, session, .addressInUse,
                "\(mac) on \(name) claims \(address), which this node announces; defended", isAnnounced: true)
        case .incompatible(_, let address, let version):
            logger.error(
                "a speaker needs a newer protocol", metadata: ["address": "\(address)", "version": "\(version)"])
        case .late(let duration):
            logger.debug("the speaker ran late", metadata: ["by": "\(duration)", "link": "\(name)"])
        }
    }

    package func poll(_ session: AnnouncementSession, at now: Instant) {
        tellOwnObstacles(session)
        forgetUnneeded(session)
        let peers = session.linkFacts.flatMap { link in
            session.peers(on: link.index).map { (link: link.name, peer: $0) }
        }
        memory.withLock { memory in
            memory.metrics.record(peers)
            for link in session.linkFacts {
                memory.metrics.record(dropped: session.counters(of: link.index).dropped, on: link.name)
            }
        }
        guard speaksForAll(session) else { return }
        for (address, demand) in session.cluster.demands {
            let isNew = memory.withLock { memory in
                defer { memory.refusals[address] = demand.refusal }
                return demand.refusal != nil && memory.refusals[address] != demand.refusal
            }
            guard isNew, let refusal = demand.refusal else { continue }
            warn(address, session, refusal.reason, refusal.message)
        }
        memory.withLock { memory in memory.refusals = memory.refusals.filter { session.cluster.demands[$0.key] != nil }
        }
    }

    /// What is wrong with this node alone: each node says it of itself. An address of another subnet is no mistake.
    private func tellOwnObstacles(_ session: AnnouncementSession) {
        for address in session.cluster.demands.keys {
            let any = session.obstacle(to: address)
            let obstacle = any.flatMap { $0.reason == .interfaceMissing ? $0 : nil }
            let isNew = memory.withLock { memory in
                memory.gauges.record(address, obstacle: any?.reason)
                defer { memory.obstacles[address] = obstacle }
                return obstacle != nil && memory.obstacles[address] != obstacle
            }
            if isNew, let obstacle { warn(address, session, obstacle.reason, "node \"\(node)\": \(obstacle.message)") }
        }
        memory.withLock { memory in
            memory.obstacles = memory.obstacles.filter { session.cluster.demands[$0.key] != nil }
        }
    }

    /// Lets go of what is known of addresses that no Service needs any more, once this node has stopped to announce them.
    private func forgetUnneeded(_ session: AnnouncementSession) {
        memory.withLock { memory in
            func isNeeded(_ place: Place) -> Bool {
                session.cluster.demands[place.address] != nil || memory.states[place] == .owning
            }
            memory.owners = memory.owners.filter { isNeeded($0.key) }
            memory.states = memory.states.filter { isNeeded($0.key) }
            let known = Set(memory.states.keys.map(\.address))
            memory.gauges.keep { known.contains($0) || session.cluster.demands[$0] != nil }
        }
    }

    /// One speaker tells what concerns all: the first by name of those that hear one another.
    private func speaksForAll(_ session: AnnouncementSession) -> Bool {
        session.linkFacts.allSatisfy { link in
            session.peers(on: link.index).allSatisfy { !$0.state.isLive || $0.nodeName > node }
        }
    }

    // MARK: - Telling

    private func tell(_ status: VIPStatus, on link: LinkFacts?, _ session: AnnouncementSession) {
        guard let link else { return }
        let place = Place(link: link.index, address: status.vip)
        let (before, formerOwner) = memory.withLock { memory in
            let before = (memory.states[place], memory.owners[place])
            memory.states[place] = status.state
            if let owner = status.owner { memory.owners[place] = owner }
            return before
        }
        logger.info(
            "address changed its state",
            metadata: [
                "address": "\(status.vip)", "link": "\(link.name)", "state": "\(status.state)",
                "owner": "\(status.owner ?? "")", "epoch": "\(status.epoch)",
            ])
        let otherOwner = formerOwner == node ? nil : formerOwner
        let services = session.cluster.demands[status.vip]?.services ?? []
        let isAnnounced = status.state == .owning
        memory.withLock { $0.gauges.record(status.vip, on: link.name, isAnnounced: isAnnounced) }
        if isAnnounced && before != .owning {
            memory.withLock { $0.metrics.gained(on: link.name, before: before, owner: otherOwner, at: .now) }
            for key in services {
                // A restart that moved nothing is no news.
                if before != .adopted { emitAssigned(key, session) }
                statuses.announced(key, link: link.name, formerOwner: otherOwner)
            }
        } else if !isAnnounced && before == .owning || before == .adopted && status.state != .owning {
            memory.withLock { $0.metrics.released(on: link.name, to: status.state) }
            for key in statuses.services(announcedOn: link.name) {
                let isStillAnnounced =
                    session.cluster.service(key)?.status.loadBalancer?.ingress?.contains { ingress in
                        ingress.ip.flatMap(IPAddress.init).map {
                            session.status(of: $0, on: link.index)?.state == .owning
                        } ?? false
                    } ?? false
                if !isStillAnnounced { statuses.withdrawn(key, link: link.name) }
            }
        }
    }

    private func emitAssigned(_ key: ObjectKey, _ session: AnnouncementSession) {
        guard let service = session.cluster.service(key) else { return }
        events.emit(
            .normal, reason: "nodeAssigned", message: "announcing from node \"\(node)\" with protocol \"layer2\"",
            regarding: ObjectReference(service))
    }

    /// - Parameter isAnnounced: this node announces the address all the same.
    private func warn(
        _ address: IPAddress, _ session: AnnouncementSession, _ reason: Reason, _ message: String,
        isAnnounced: Bool = false
    ) {
        let state = isAnnounced ? "is contested" : "is not announced"
        logger.notice(
            "address \(state)",
            metadata: ["address": "\(address)", "reason": "\(reason.rawValue)", "detail": "\(message)"])
        for key in session.cluster.demands[address]?.services ?? [] {
            guard let service = session.cluster.service(key) else { continue }
            events.emit(
                .warning, reason: isAnnounced ? "addressContested" : "announceFailed",
                message: "\(address) \(state): \(reason.rawValue): \(message)",
                regarding: ObjectReference(service))
        }
    }
}
