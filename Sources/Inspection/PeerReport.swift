import ClusterConfiguration
import Eligibility

/// `toonoctl bgp`: the BGP peers of the configuration, who announces to them, and the sessions of speakers that were asked.
package struct PeerReport: Report {
    /// In order of name.
    package var peers: [Peer]
    /// In order of node, then peer.
    package var sessions: [Session]
    /// Speakers that were to be asked and did not answer.
    package var unanswered: [String]

    /// A BGPPeer.
    package struct Peer: Sendable, Hashable, Encodable {
        package var name: String
        /// The router's address, or the interface on which it is found.
        package var address: String
        package var myASN: UInt32
        /// A number, `internal` or `external`.
        package var peerASN: String
        package var bfdProfile: String?
        /// Nodes that are to hold a session with it.
        package var nodes: [String]
        /// Services that nodes say they announce to it.
        package var services: Int
    }

    /// A session, as the speaker of a node shows it.
    package struct Session: Sendable, Hashable, Encodable {
        package var node: String
        package var session: SpeakerView.Session

        var isEstablished: Bool { session.state == "established" }
    }

    package var isHealthy: Bool { unanswered.isEmpty && sessions.allSatisfy(\.isEstablished) }

    /// - Parameters:
    ///   - speakers: what speakers show of themselves, as far as they were asked.
    ///   - unanswered: where nobody answered, with the reason.
    package init(_ picture: ClusterPicture, speakers: [SpeakerView], unanswered: [String]) {
        self.unanswered = unanswered
        let announced = picture.announcers.byService.values.map { Set($0.filter { $0.method == .bgp }.flatMap(\.via)) }
        peers = (picture.resolution.configuration?.peers ?? []).sorted { $0.name < $1.name }.map { peer in
            Peer(
                name: peer.name, address: peer.endpoint.text, myASN: peer.myASN, peerASN: peer.remoteAS.text,
                bfdProfile: peer.bfdProfile?.name,
                nodes: picture.nodes.filter { peer.nodeSelectors.admits($0.labels) }.map(\.name),
                services: announced.count { $0.contains(peer.name) })
        }
        sessions = speakers.flatMap { speaker in
            (speaker.sessions ?? []).map { Session(node: speaker.node ?? speaker.origin, session: $0) }
        }.sorted { ($0.node, $0.session.peer) < ($1.node, $1.session.peer) }
    }

    package func text(isWide: Bool) -> String {
        var lines: [String] = []
        if peers.isEmpty {
            lines.append("there is no BGPPeer")
        } else {
            let table = Table(
                .init("PEER"), .init("ADDRESS"), .init("MY AS"), .init("PEER AS"), .init("BFD", isWide: true),
                .init("SERVICES"), .init("NODES"),
                rows: peers.map {
                    [
                        $0.name, $0.address, "\($0.myASN)", $0.peerASN, $0.bfdProfile ?? "", "\($0.services)",
                        $0.nodes.joined(separator: ","),
                    ]
                })
            lines += table.lines(isWide: isWide)
        }
        if !sessions.isEmpty { lines += [""] + sessionLines(isWide: isWide) }
        if sessions.isEmpty, unanswered.isEmpty, !peers.isEmpty {
            lines += [
                "",
                "sessions are shown by the speakers themselves: kubectl port-forward to one, and --state http://127.0.0.1:7472",
            ]
        }
        lines += unanswered.map { "no answer: \($0)" }
        return lines.joined(separator: "\n")
    }

    private func sessionLines(isWide: Bool) -> [String] {
        let table = Table(
            .init("NODE"), .init("PEER"), .init("STATE"), .init("FOR"), .init("BFD"), .init("SENT"), .init("PENDING"),
            .init("AS", isWide: true), .init("ID", isWide: true), .init("HOLD", isWide: true),
            .init("FAMILIES", isWide: true), .init("FROM", isWide: true),
            rows: sessions.map { entry in
                let session = entry.session
                let exports = session.exports ?? []
                return [
                    entry.node, session.peer, session.state ?? "", session.seconds.map { "\($0)s" } ?? "",
                    session.bfd ?? "", "\(exports.reduce(0) { $0.addingSaturated($1.sent) })",
                    "\(exports.reduce(0) { $0.addingSaturated($1.pending) })", session.peerAS.map { "\($0)" } ?? "",
                    session.peerIdentifier ?? "", session.holdSeconds.map { "\($0)s" } ?? "",
                    (session.families ?? []).joined(separator: ","), session.localAddress ?? "",
                ]
            })
        return table.lines(isWide: isWide) + sessions.flatMap { remarks(on: $0, isWide: isWide) }
    }

    /// What a table has no room for: why a session is down or tells nothing, and in the wide form what both ends can do.
    private func remarks(on entry: Session, isWide: Bool) -> [String] {
        let session = entry.session
        var remarks: [String] = []
        if let obstacle = session.obstacle { remarks.append(obstacle) }
        if let error = session.lastError, isWide || !entry.isEstablished { remarks.append("last error: \(error)") }
        if !entry.isEstablished, let seconds = session.nextAttemptSeconds {
            remarks.append("tried again in \(seconds)s")
        }
        if entry.isEstablished {
            let exports = session.exports ?? []
            remarks += exports.compactMap { export in export.obstacle.map { "\(export.family): \($0)" } }
        }
        if isWide {
            if let names = session.peerCapabilities, !names.isEmpty {
                remarks.append("the peer offers \(names.joined(separator: ", "))")
            }
            if let prefixes = session.prefixes, !prefixes.isEmpty {
                remarks.append("told: \(prefixes.joined(separator: " "))")
            }
        }
        return remarks.map { "  \(entry.node), \(session.peer): \($0)" }
    }
}

extension Configuration.Endpoint {
    fileprivate var text: String {
        switch self {
        case .address(let address, let zone): zone.map { "\(address)%\($0)" } ?? "\(address)"
        case .interface(let name): "interface \(name)"
        }
    }
}

extension Configuration.RemoteAS {
    fileprivate var text: String {
        switch self {
        case .number(let number): "\(number)"
        case .internal: "internal"
        case .external: "external"
        }
    }
}
