package import Addresses
package import Ownership

// What an outsider sees who knows everything.
extension Simulation {
    /// A node in an outsider's eyes.
    struct Station: Sendable {
        /// True if frames pass between the client and the node.
        let isReachable: Bool
        /// True if nothing but its configuration keeps it from answering.
        let isAble: Bool
    }

    /// All nodes.
    var stations: [Station] {
        nodes.indices.map { index in
            let isReachable = isReachable(index)
            let isAble =
                isReachable && nodes[index].runs && nodes[index].hasCarrier && !nodes[index].isDrained
                && nodes[index].isElecting
            return Station(isReachable: isReachable, isAble: isAble)
        }
    }

    func picture(of vip: IPAddress, _ stations: [Station]) -> VIPHistory.Picture {
        var picture = VIPHistory.Picture()
        let cached = clientCache[vip]
        var isCachedAnswering = false
        for index in nodes.indices {
            let station = stations[index]
            if station.isReachable && nodes[index].answers(vip, at: now) {
                picture.answering += 1
                if cached == index { isCachedAnswering = true }
            }
            if station.isAble && nodes[index].views[vip]?.eligibility == .eligible { picture.canAnswer = true }
        }
        if picture.answering > 0 { picture.canAnswer = true }
        picture.isMisled = cached != nil && picture.canAnswer && !isCachedAnswering
        return picture
    }

    /// True if frames pass between the client and the node.
    func isReachable(_ node: Int) -> Bool { cuts.isOpen(outside, node) && cuts.isOpen(node, outside) }

    /// True if one member claims the VIP and its kernel alone answers; also if nobody can.
    package func isSettled(_ vip: IPAddress) -> Bool {
        let claimants = claimants(vip)
        if claimants.count == 1 { return answering(vip) == claimants }
        let isAnyAble = nodes.indices.contains {
            nodes[$0].runs && nodes[$0].hasCarrier && !nodes[$0].isDrained
                && nodes[$0].views[vip]?.eligibility == .eligible
        }
        return !isAnyAble && claimants.isEmpty
    }

    func describe(_ vip: IPAddress) -> String {
        let states = nodes.map { node in
            "\(node.name) \(node.session.status(of: vip).map { "\($0.state) epoch \($0.epoch)" } ?? "-")"
        }
        return "answering \(answering(vip)), " + states.joined(separator: ", ")
    }

    /// True if nothing is lost or forged by chance, so that nothing may move.
    var isLossless: Bool { scenario.link.loss == 0 && scenario.link.unicastLoss == 0 }

    /// True if hellos go by multicast alone and nothing is doubled or forged.
    var isOrdinary: Bool { scenario.link.passesMulticast && scenario.link.hostility == 0 }

    /// Members that were declared gone, by all processes that live now.
    package var peersLost: Int { nodes.reduce(0) { $0 + $1.session.counters.peersLost } }

    /// Elections and hand-overs of all processes that live now.
    package var claimsMade: Int { nodes.reduce(0) { $0 + $1.session.counters.claims } }

    /// The nodes whose kernels answer for a VIP.
    package func answering(_ vip: IPAddress) -> [Int] { nodes.indices.filter { nodes[$0].answers(vip, at: now) } }

    /// The nodes whose machines claim a VIP.
    package func claimants(_ vip: IPAddress) -> [Int] {
        nodes.indices.filter { nodes[$0].runs && !nodes[$0].isFinished && nodes[$0].session.claims(vip) }
    }

    /// The node to which the client's frames for a VIP go; nil before any announcement reached it.
    package func clientTarget(_ vip: IPAddress) -> Int? { clientCache[vip] }

    /// The machine of a node, to be looked at.
    package func session(_ node: Int) -> OwnershipSession { nodes[node].session }
}
