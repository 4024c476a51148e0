import Addresses
import Metrics
import Ownership

/// What is counted and measured of owners and other speakers.
struct OwnershipMetrics {
    typealias Instant = ContinuousClock.Instant

    /// How this node came to announce an address.
    enum Gain: String {
        /// An owner fell silent.
        case failover
        /// A living owner gave it away.
        case handover
        /// Nobody had it.
        case election
        /// An earlier process of this node had it.
        case restart
    }

    /// How this node came to announce an address no more.
    enum Release: String {
        /// It gave the address away.
        case handover
        /// Another has it.
        case takeover
        /// The address is not this node's to announce any more, and nobody took it before.
        case withdrawal
        /// It is decided anew who has it.
        case election
    }

    private struct Peer: Hashable {
        var link: String
        var node: String
    }

    private struct PeerGauges {
        let loss: Gauge
        let roundTrip: Gauge

        func destroy() {
            loss.destroy()
            roundTrip.destroy()
        }
    }

    private let factory: any MetricsFactory
    private let failover: Timer
    private var peers: [Peer: PeerGauges] = [:]
    /// When speakers that are silent were last heard.
    private var lastHeard: [Peer: Instant] = [:]
    /// As counted up to now, by link.
    private var dropped: [String: [OwnershipDrop: Int]] = [:]

    init(factory: any MetricsFactory) {
        self.factory = factory
        failover = Timer(label: "toono_failover_seconds", factory: factory)
    }

    // MARK: - Other speakers

    /// - Parameter silence: for how long it has not been heard.
    mutating func fellSilent(_ node: String, on link: String, for silence: Duration, at now: Instant) {
        lastHeard[Peer(link: link, node: node)] = now - silence
    }

    mutating func isHeard(_ node: String, on link: String) { lastHeard[Peer(link: link, node: node)] = nil }

    func lost(on link: String) { count("toono_peers_lost_total", ("link", link)) }

    /// - Parameter statuses: those of all other speakers, by link.
    mutating func record(_ statuses: [(link: String, peer: PeerStatus)]) {
        var seen: Set<Peer> = []
        for (link, status) in statuses where status.state.isLive {
            let peer = Peer(link: link, node: status.nodeName)
            seen.insert(peer)
            let gauges = peers[peer] ?? makeGauges(peer)
            peers[peer] = gauges
            gauges.loss.record(status.loss)
            gauges.roundTrip.record(status.roundTrip / .seconds(1))
        }
        for peer in peers.keys where !seen.contains(peer) { peers.removeValue(forKey: peer)?.destroy() }
    }

    /// - Parameter counts: what the link's session dropped since it began.
    mutating func record(dropped counts: [OwnershipDrop: Int], on link: String) {
        let known = dropped[link] ?? [:]
        for (reason, value) in counts {
            // A link that was made anew counts anew.
            let before = known[reason].map { $0 > value ? 0 : $0 } ?? 0
            guard value > before else { continue }
            Counter(
                label: "toono_hello_dropped_total", dimensions: [("link", link), ("reason", reason.rawValue)],
                factory: factory
            ).increment(by: value - before)
        }
        dropped[link] = counts
    }

    private func makeGauges(_ peer: Peer) -> PeerGauges {
        let labels = [("link", peer.link), ("peer", peer.node)]
        return PeerGauges(
            loss: Gauge(label: "toono_hello_loss_ratio", dimensions: labels, factory: factory),
            roundTrip: Gauge(label: "toono_hello_round_trip_seconds", dimensions: labels, factory: factory))
    }

    // MARK: - Owners

    /// This node announces an address from now on.
    /// - Parameters:
    ///   - before: how the address stood at this node.
    ///   - owner: the other node that had it last, as far as is known.
    mutating func gained(on link: String, before: VIPState?, owner: String?, at now: Instant) {
        let gain: Gain
        if before == .adopted {
            gain = .restart
        } else if let owner {
            if let heard = lastHeard[Peer(link: link, node: owner)] {
                gain = .failover
                failover.record(duration: now - heard)
            } else {
                gain = .handover
            }
        } else {
            gain = .election
        }
        count("toono_ownership_gained_total", ("link", link), ("by", gain.rawValue))
    }

    /// This node has stopped to announce an address.
    /// - Parameter state: how the address stands at this node since.
    func released(on link: String, to state: VIPState) {
        let release: Release =
            switch state {
            case .handingOver, .lingering: .handover
            case .standby: .takeover
            case .notCandidate: .withdrawal
            case .listening, .electing, .probing, .backingOff, .owning, .adopted: .election
            }
        count("toono_ownership_released_total", ("link", link), ("by", release.rawValue))
    }

    /// Another machine uses an address: one that this node was to announce, or one that it announces.
    func conflict(on link: String, isAnnounced: Bool) {
        count("toono_address_conflicts_total", ("link", link), ("announced", isAnnounced ? "true" : "false"))
    }

    private func count(_ label: String, _ dimensions: (String, String)...) {
        Counter(label: label, dimensions: dimensions, factory: factory).increment()
    }
}
