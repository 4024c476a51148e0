import Addresses
import BFD
import BGP
import BGPTransport
import NIOCore
import Timing

extension SpeakerState {
    /// A session with a router.
    package struct Session: Sendable, Encodable {
        /// The name of the BGPPeer.
        package var peer: String
        /// The router's address and port.
        package var address: String
        /// idle, active, connect, openSent, openConfirm or established.
        package var state: String
        /// For how long the session has been in this state.
        package var seconds: Int
        /// What keeps the session from being tried.
        package var obstacle: String?
        package var peerAS: UInt32?
        package var peerIdentifier: String?
        package var holdSeconds: Int?
        /// The own address of the connection.
        package var localAddress: String?
        /// What both ends agreed on.
        package var families: [String]
        /// What the peer offered.
        package var peerCapabilities: [String]
        package var exports: [Export]
        /// How often the session was established.
        package var establishments: Int
        package var updatesSent: Int
        package var prefixesReceived: Int
        /// Why the session, or the last attempt, ended; the first cause that tells anything.
        package var lastError: String?
        package var lastNotificationSent: String?
        package var lastNotificationReceived: String?
        /// Seconds until the next attempt.
        package var nextAttemptSeconds: Int?
        /// The prefixes that the session is to tell, the first thousand in order.
        package var prefixes: [String]
        /// What BFD says of the path: Down, Init, Up or AdminDown; nil without a profile.
        package var bfd: String?
    }

    /// What becomes of the routes of a family.
    package struct Export: Sendable, Encodable {
        package var family: String
        /// Written to the peer and not withdrawn.
        package var sent: Int
        /// Changes that are still to be written.
        package var pending: Int
        /// Why nothing is sent.
        package var obstacle: String?
    }
}

extension RouteLoop {
    /// The sessions as the HTTP endpoint shows them, in order of name.
    package var state: [SpeakerState.Session] {
        slots.values.sorted { $0.name < $1.name }.map { slot in
            guard let transport = slot.transport else {
                return SpeakerState.Session(waiting: slot.name, for: slot.obstacle?.description ?? "leaving")
            }
            return SpeakerState.Session(
                slot.name, transport, at: Instant(nanoseconds: Int64(clamping: loop.now.uptimeNanoseconds)),
                prefixes: prefixes(of: slot.name), bfd: slot.forwarding?.state.description)
        }
    }
}

extension SpeakerState.Session {
    fileprivate init(waiting peer: String, for obstacle: String) {
        self.init(
            peer: peer, address: "", state: "idle", seconds: 0, obstacle: obstacle, families: [], peerCapabilities: [],
            exports: [], establishments: 0, updatesSent: 0, prefixesReceived: 0, prefixes: [])
    }

    fileprivate init(_ peer: String, _ transport: PeerTransport, at now: Instant, prefixes: [String], bfd: String?) {
        let status = transport.status
        let seconds = { (moment: Instant) in Int((now - moment).components.seconds) }
        self.init(
            peer: peer, address: transport.label, state: status.state.rawValue, seconds: status.since.map(seconds) ?? 0,
            obstacle: nil, peerAS: status.terms?.peerAS, peerIdentifier: status.terms?.peerIdentifier.description,
            holdSeconds: status.terms.map { Int($0.holdTime.components.seconds) },
            localAddress: transport.path?.local.description,
            families: status.terms?.families.sorted().map(\.description) ?? [],
            peerCapabilities: status.terms?.peerCapabilities.map(\.description) ?? [],
            exports: status.exports.sorted { $0.key.rawValue < $1.key.rawValue }.map(SpeakerState.Export.init),
            establishments: status.record.establishments, updatesSent: status.record.sent[.update],
            prefixesReceived: status.record.routes.announcedTotal,
            lastError: (status.record.cause ?? status.record.lastFailure)?.description,
            lastNotificationSent: status.record.lastSent?.description,
            lastNotificationReceived: status.record.lastReceived?.description,
            nextAttemptSeconds: status.nextAttempt.map { max(0, -seconds($0)) }, prefixes: prefixes, bfd: bfd)
    }
}

extension SpeakerState.Export {
    fileprivate init(_ family: IPFamily, _ export: PeerStatus.Export) {
        switch export {
        case .active(let sent, let pending):
            self.init(family: family.rawValue, sent: sent, pending: pending)
        case .notNegotiated:
            self.init(family: family.rawValue, sent: 0, pending: 0, obstacle: "the peer does not offer the family")
        case .noNextHop:
            self.init(
                family: family.rawValue, sent: 0, pending: 0,
                obstacle: "the interface toward the peer has no address of the family")
        case .down: self.init(family: family.rawValue, sent: 0, pending: 0, obstacle: "the session is down")
        }
    }
}

extension PeerTransport {
    /// The peer as metrics name it: `10.0.0.1:179`.
    var label: String {
        endpoint.address.family == .ipv4
            ? "\(endpoint.address):\(endpoint.port)" : "[\(endpoint.address)]:\(endpoint.port)"
    }
}
