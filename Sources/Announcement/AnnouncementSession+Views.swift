package import Addresses
package import Eligibility
import Ownership
import Ranking
import Reasons
import Timing

// What the cluster asks for, told to the sessions of the links, and why this node may not announce something.
extension AnnouncementSession {
    /// The node that this speaker runs on.
    package var nodeName: String { settings.nodeName }

    /// Tells the links' sessions what the cluster asks for now.
    mutating func changeViews(
        of addresses: [IPAddress], on indices: [Int32]? = nil, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) {
        guard !addresses.isEmpty else { return }
        for index in indices ?? links.keys.sorted() {
            guard let facts = links[index]?.facts else { continue }
            var changed: [IPAddress: VIPView] = [:]
            var deleted: [IPAddress] = []
            for address in addresses {
                let old = links[index]?.views[address]
                let new = view(of: address, on: facts, isKnown: old != nil)
                guard new != old else { continue }
                links[index]?.views[address] = new
                if let new { changed[address] = new } else { deleted.append(address) }
            }
            guard !changed.isEmpty || !deleted.isEmpty else { continue }
            pass(.viewChanged(changed, deleted: deleted), to: index, at: now, using: &random)
        }
    }

    /// What this node's configuration says of an address on a link, or nil if the link does not concern it.
    ///
    /// An address that the link was concerned with before and is still demanded stays, as one that this node may not own:
    /// it was not deleted, and others may own it here.
    private func view(of address: IPAddress, on link: LinkFacts, isKnown: Bool) -> VIPView? {
        guard let demand = cluster.demands[address] else { return nil }
        let own = demand.candidates[settings.nodeName]
        let isHere = Placement.of(address, on: link, candidate: own) == .here
        guard isHere || isKnown else { return nil }
        let candidates = demand.candidates.map { Ranking.Candidate($0.key, score: Int32(clamping: $0.value.score)) }
            .sorted { $0.nodeName < $1.nodeName }
        if let refusal = refusal(of: demand) ?? unreadiness(of: address) {
            return VIPView(candidates: candidates, eligibility: .notEligible(reason: refusal.reason.rawValue))
        }
        if !isHere {
            return VIPView(candidates: candidates, eligibility: .notEligible(reason: Reason.noSubnet.rawValue))
        }
        if link.unforwarded.contains(address.family) {
            return VIPView(candidates: candidates, eligibility: .notEligible(reason: Reason.dataPlaneNotReady.rawValue))
        }
        return VIPView(candidates: candidates, eligibility: .eligible)
    }

    /// Why this node may not announce what is demanded, or nil if it may.
    private func refusal(of demand: ClusterView.Demand) -> Layer2Eligibility.Refusal? {
        if let refusal = demand.refusal ?? demand.refusedNodes[settings.nodeName] { return refusal }
        if demand.candidates[settings.nodeName] == nil {
            return .init(.nodeExcluded, "node \"\(settings.nodeName)\" is not known to the cluster")
        }
        if case .shut(let reason, let message) = gate { return .init(reason, message) }
        return nil
    }

    /// What keeps traffic to one address from pods.
    private func unreadiness(of address: IPAddress) -> Layer2Eligibility.Refusal? {
        guard locals.isIPVS, !locals.elsewhere.contains(address) else { return nil }
        return .init(.dataPlaneNotReady, "kube-proxy has not put \(address) on \(LocalAddresses.ipvsDevice) yet")
    }

    /// Why this node does not announce an address, whoever else may, or nil if it may: for events and the command line.
    package func obstacle(to address: IPAddress) -> Layer2Eligibility.Refusal? {
        guard let demand = cluster.demands[address] else { return nil }
        if let refusal = refusal(of: demand) ?? unreadiness(of: address) { return refusal }
        if isQuiesced { return .init(.quiesced, "node \"\(settings.nodeName)\" is drained") }
        return demand.candidates[settings.nodeName].flatMap {
            Placement.obstacle(to: address, candidate: $0, links: links.values.map(\.facts))
        }
    }
}
