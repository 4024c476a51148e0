import Addresses
import ClusterConfiguration
import Eligibility
import Reasons

// The sessions with routers that are to be told of an address, as the speakers that were asked show them.
extension ServiceWalk {
    private struct Place {
        var speaker: SpeakerView
        var session: SpeakerView.Session

        var isUp: Bool { session.state == "established" }
        /// What is wrong, or nil: `no answer; BFD is Down`. A router that answers while BFD does not is lost only when it is
        /// needed: its death is noticed late.
        var problem: String? {
            let failure = isUp ? nil : session.obstacle ?? session.lastError ?? session.state ?? "down"
            let bfd = session.bfd.flatMap { $0 == "Up" ? nil : "BFD is \($0)" }
            let problems = [failure, bfd].compactMap { $0 }
            return problems.isEmpty ? nil : problems.joined(separator: "; ")
        }
        /// `edge1, router: no answer`: where the session is, and what is wrong with it.
        var description: String {
            "\(speaker.name), \(session.peer): \(isUp ? "established" : Reason.peerDown.rawValue)"
                + (problem.map { "; \($0)" } ?? "")
        }
    }

    /// Where sessions are down the Service may still be announced: by other nodes, to other routers, or at layer 2.
    mutating func checkSessions(_ verdict: AddressVerdict) -> Bool {
        let address = verdict.address.description
        if let missing = missingPeer(verdict) {
            stop(.sessions, address, missing)
            return false
        }
        let places = places(of: verdict)
        let details = places.map(\.description)
        guard let first = places.first(where: { !$0.isUp }) ?? places.first(where: { $0.problem != nil }),
            let problem = first.problem
        else {
            if !places.isEmpty { pass(.sessions, address, "\(places.count) established", details) }
            return true
        }
        let text = "\(first.speaker.name), \(first.session.peer): \(problem)"
        let asked = Set(places.map(\.speaker.name))
        let isAnnounced =
            places.contains(where: \.isUp) || speakers.contains { $0.announces(address) }
            || announcers(for: verdict).contains { $0.method == .layer2 || !asked.contains($0.node) }
        guard isAnnounced else {
            stop(.sessions, address, .init(reason: Reason.peerDown.rawValue, message: text), details)
            return false
        }
        let unasked = Set(announcers(for: verdict).map(\.node)).subtracting(asked).sorted()
        let silence =
            unasked.isEmpty || places.contains(where: \.isUp) ? "" : "; not asked: \(unasked.joined(separator: ", "))"
        let remark = first.isUp ? text : "\(Reason.peerDown.rawValue): \(text)\(silence)"
        note(.sessions, address, remark, details)
        self.remark(remark)
        return true
    }

    /// Only BGPAdvertisements are for the address, and no router is; what is still reported is on its way out.
    private func missingPeer(_ verdict: AddressVerdict) -> Explanation.Cause? {
        guard let peers = picture.resolution.configuration?.peers, verdict.layer2.candidates.isEmpty,
            announcers(for: verdict).isEmpty
        else { return nil }
        let hasPeer = picture.nodes.contains { node in
            guard case .announce(let advertisements) = verdict.bgp[node.name] else { return false }
            return peers.contains { peer in
                peer.nodeSelectors.admits(node.labels) && peer.families.contains(verdict.address.family)
                    && advertisements.contains { $0.peers?.contains(peer.name) ?? true }
            }
        }
        guard !hasPeer else { return nil }
        return .init(
            reason: Reason.noPeer.rawValue,
            message: peers.isEmpty
                ? "there is no BGPPeer"
                : "no BGPPeer is for a node that may announce, is named by its BGPAdvertisement and carries "
                    + verdict.address.family.rawValue)
    }

    private func places(of verdict: AddressVerdict) -> [Place] {
        speakers.flatMap { speaker -> [Place] in
            guard let own = speaker.node.flatMap({ verdict.bgp[$0] }), case .announce(let advertisements) = own else {
                return []
            }
            let carrying = Set(
                (picture.resolution.configuration?.peers ?? [])
                    .filter { $0.families.contains(verdict.address.family) }.map(\.name))
            return (speaker.sessions ?? []).filter { session in
                carrying.contains(session.peer) && advertisements.contains { $0.peers?.contains(session.peer) ?? true }
            }.map { Place(speaker: speaker, session: $0) }
        }
    }
}
