package import Addresses
import Ownership

/// What a history showed: how long nobody or two answered, and every invariant that was broken.
package struct HistoryRecord: Sendable {
    /// By VIP.
    package internal(set) var vips: [IPAddress: VIPHistory]
    /// What must not happen and did.
    package internal(set) var violations: [String] = []
    /// From the end of the last fault until each VIP had one claimant whose kernel alone answered.
    package internal(set) var convergence: Duration?
    /// Elections and hand-overs.
    package internal(set) var claims = 0
    /// Datagrams sent, by node.
    package internal(set) var sent: [Int: Int] = [:]
    /// Announcements sent, by node.
    package internal(set) var announcements: [Int: Int] = [:]
    /// Datagrams of an attacker that were received.
    package internal(set) var forged = 0

    let order: [IPAddress]
    var claimsAtConvergence: Int?
    /// Since when every VIP has one claimant; claims may still be on their way to each other.
    var settledSince: Int64?
    var brokenSince: Int64?
    var foundAnswering: Set<Int> = []
    /// Since when nodes receive nothing.
    var deafSince: [Int: Int64] = [:]
    /// What was sent when the link had come to rest.
    var restMark: (at: Int64, sent: [Int: Int])?
    private var refreshedAt: Int64 = 0

    /// What a history begins with does not count: nobody has been elected yet.
    static let beginning: Duration = .seconds(5)

    init(vips: [IPAddress]) {
        order = vips
        self.vips = Dictionary(uniqueKeysWithValues: vips.map { ($0, VIPHistory()) })
    }

    mutating func noteSent(from node: Int) { sent[node, default: 0] += 1 }

    /// Starts the sums anew.
    package mutating func reset() {
        for vip in order { vips[vip]?.resetSums() }
        sent = [:]
        announcements = [:]
    }

    /// Something goes wrong: the link has to come to rest anew.
    mutating func forgetRest() {
        convergence = nil
        claimsAtConvergence = nil
        settledSince = nil
        brokenSince = nil
        restMark = nil
    }

    /// Adds up what was true since the last time, and looks at what is true from now on.
    mutating func refresh(_ simulation: Simulation) {
        let span = simulation.now - refreshedAt
        let isCounted = refreshedAt >= nanoseconds(Self.beginning)
        let isLate = refreshedAt >= nanoseconds(simulation.scenario.quietAt)
        refreshedAt = simulation.now
        let stations = simulation.stations
        noteDeaf(simulation)
        for vip in order {
            guard var seen = vips[vip] else { continue }
            if isCounted { seen.add(span, isLate: isLate) }
            seen.picture = simulation.picture(of: vip, stations)
            vips[vip] = seen
        }
    }

    private mutating func noteDeaf(_ simulation: Simulation) {
        for index in simulation.nodes.indices {
            let isDeaf = simulation.cuts.deaf[index, default: 0] > 0
            deafSince[index] = isDeaf ? deafSince[index] ?? simulation.now : nil
        }
    }

    mutating func violate(_ simulation: Simulation, _ text: String) {
        guard violations.count < 20 else { return }
        violations.append("\(simulation.now / 1_000_000) ms: \(text)")
    }
}
