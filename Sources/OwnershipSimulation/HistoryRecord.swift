package import Addresses
import Ownership

/// What a history showed: how long nobody or two answered, and every invariant that was broken.
package struct HistoryRecord: Sendable {
    /// What was seen of one VIP.
    package struct OfVIP: Sendable {
        /// How long no reachable kernel answered although a node could have: in all, and at most at a stretch.
        package var outage: Duration = .zero
        package var longestOutage: Duration = .zero
        /// How long two kernels answered.
        package var overlap: Duration = .zero
        package var longestOverlap: Duration = .zero
        /// How long the client's frames went to a node that did not answer for the VIP, although a node could have.
        package var blackhole: Duration = .zero
        /// The longest overlap that ended after the last fault.
        package var longestLateOverlap: Duration = .zero
        /// The highest epoch claimed.
        package var epoch: UInt32 = 0
        var outageRun: Int64 = 0
        var overlapRun: Int64 = 0
        var lateOverlapRun: Int64 = 0
    }

    /// By VIP.
    package internal(set) var vips: [IPAddress: OfVIP]
    /// What must not happen and did.
    package internal(set) var violations: [String] = []
    /// From the end of the last fault until each VIP had one claimant whose kernel alone answered.
    package internal(set) var convergence: Duration?
    /// Elections and hand-overs.
    package internal(set) var claims = 0
    /// Members that were declared gone.
    package internal(set) var peersLost = 0
    /// Datagrams sent, by node.
    package internal(set) var sent: [Int: Int] = [:]
    /// Announcements sent, by node.
    package internal(set) var announcements: [Int: Int] = [:]
    private let order: [IPAddress]
    private var claimsAtConvergence: Int?
    private var brokenSince: Int64?
    private var foundRunning: Set<Int> = []

    /// After the last fault the link has so long to come to rest.
    static let convergenceBound: Duration = .seconds(8)

    init(vips: [IPAddress]) {
        order = vips
        self.vips = Dictionary(uniqueKeysWithValues: vips.map { ($0, OfVIP()) })
    }

    mutating func noteSent(from node: Int) { sent[node, default: 0] += 1 }
    mutating func noteAnnouncement(from node: Int) { announcements[node, default: 0] += 1 }

    /// Starts the sums anew, so that what a history began with does not count.
    package mutating func reset() {
        for vip in order { vips[vip] = OfVIP() }
        sent = [:]
        announcements = [:]
    }

    /// Writes down what was true from now until `time`.
    mutating func observe(_ simulation: Simulation, until time: Int64) {
        let span = time - simulation.now
        let isLate = simulation.now >= nanoseconds(simulation.scenario.quietAt)
        for vip in order {
            guard var seen = vips[vip] else { continue }
            let answering = simulation.nodes.indices.filter {
                simulation.isReachable($0) && simulation.nodes[$0].answers(vip, at: simulation.now)
            }
            let canAnswer = !answering.isEmpty || simulation.nodes.contains { simulation.isAble($0, vip) }
            if answering.isEmpty && canAnswer { seen.outageRun += span } else { seen.outageRun = 0 }
            if answering.count > 1 { seen.overlapRun += span } else { seen.overlapRun = 0 }
            if answering.count > 1 && isLate { seen.lateOverlapRun += span } else { seen.lateOverlapRun = 0 }
            if answering.isEmpty && canAnswer { seen.outage += .nanoseconds(span) }
            if answering.count > 1 { seen.overlap += .nanoseconds(span) }
            if let cached = simulation.clientCache[vip], canAnswer, !answering.contains(cached) {
                seen.blackhole += .nanoseconds(span)
            }
            seen.longestOutage = max(seen.longestOutage, .nanoseconds(seen.outageRun))
            seen.longestOverlap = max(seen.longestOverlap, .nanoseconds(seen.overlapRun))
            seen.longestLateOverlap = max(seen.longestLateOverlap, .nanoseconds(seen.lateOverlapRun))
            vips[vip] = seen
        }
    }

    /// Epochs rise by one, never more (I5).
    mutating func noteClaims(_ simulation: Simulation, of node: Int) {
        for vip in order {
            guard let status = simulation.nodes[node].session.status(of: vip), status.state == .owning,
                var seen = vips[vip]
            else { continue }
            if status.epoch > seen.epoch + 1 {
                violate(simulation, "I5: \(vip) went from epoch \(seen.epoch) to \(status.epoch) at node-\(node + 1)")
            }
            seen.epoch = max(seen.epoch, status.epoch)
            vips[vip] = seen
        }
    }

    private mutating func violate(_ simulation: Simulation, _ text: String) {
        guard violations.count < 20 else { return }
        violations.append("\(simulation.now / 1_000_000) ms: \(text)")
    }

    /// Looks at the whole.
    mutating func look(_ simulation: Simulation) {
        claims = simulation.totalClaims
        lookAtDeadSpeakers(simulation)
        let quiet = nanoseconds(simulation.scenario.quietAt)
        guard simulation.now >= quiet else { return }
        let broken = order.first { !simulation.isSettled($0) }
        guard let since = claimsAtConvergence else {
            if broken == nil {
                convergence = .nanoseconds(simulation.now - quiet)
                claimsAtConvergence = claims
            } else if simulation.now - quiet > nanoseconds(Self.convergenceBound), brokenSince == nil, let broken {
                brokenSince = simulation.now
                violate(simulation, "I1: \(broken) has not settled: \(simulation.describe(broken))")
            }
            return
        }
        lookAfterConvergence(simulation, claimsBefore: since, broken: broken)
    }

    private mutating func lookAfterConvergence(_ simulation: Simulation, claimsBefore: Int, broken: IPAddress?) {
        if let broken, brokenSince == nil {
            brokenSince = simulation.now
            if simulation.isLossless {
                violate(simulation, "I1: \(broken) is not settled any more: \(simulation.describe(broken))")
            }
        }
        if broken == nil { brokenSince = nil }
        if let broken, let since = brokenSince, simulation.now - since > nanoseconds(Self.convergenceBound) {
            violate(simulation, "I1: \(broken) does not settle again: \(simulation.describe(broken))")
        }
        if simulation.isLossless && claims > claimsBefore {
            violate(simulation, "I3: \(claims - claimsBefore) claims without a fault")
            claimsAtConvergence = claims
        }
        let late = vips.values.map(\.longestLateOverlap).max() ?? .zero
        if late > .seconds(4) && !violations.contains(where: { $0.contains("I2") }) {
            violate(simulation, "I2: two kernels answered for \(late) after the last fault")
        }
    }

    /// No kernel answers for long after its speaker stopped (I6).
    private mutating func lookAtDeadSpeakers(_ simulation: Simulation) {
        for node in simulation.nodes {
            guard let stopped = node.stoppedAt, node.isPowered, !node.isPaused, node.clockLag == 0 else { continue }
            let limit: Int64 = node.announcedRestart ? 32_000_000_000 : 6_000_000_000
            guard simulation.now - stopped > limit, !foundRunning.contains(node.index),
                order.contains(where: { node.answers($0, at: simulation.now) })
            else { continue }
            foundRunning.insert(node.index)
            violate(
                simulation,
                "I6: \(node.name) still answers \((simulation.now - stopped) / 1_000_000) ms after its speaker stopped")
        }
    }
}

extension Simulation {
    /// True if frames pass between the client and the node.
    func isReachable(_ node: Int) -> Bool { cuts.isOpen(outside, node) && cuts.isOpen(node, outside) }

    /// True if nothing keeps the node from answering for the VIP, in the eyes of an outsider.
    func isAble(_ node: SimulatedNode, _ vip: IPAddress) -> Bool {
        node.runs && node.hasCarrier && !node.isDrained && isReachable(node.index) && node.session.isElecting
            && node.views[vip]?.eligibility == .eligible
    }

    /// True if one member claims the VIP and its kernel alone answers; also if nobody can.
    func isSettled(_ vip: IPAddress) -> Bool {
        let claimants = claimants(vip)
        let able = nodes.contains {
            $0.runs && $0.hasCarrier && !$0.isDrained && $0.views[vip]?.eligibility == .eligible
        }
        if !able && claimants.isEmpty { return true }
        return claimants.count == 1 && answering(vip) == claimants
    }

    func describe(_ vip: IPAddress) -> String {
        let states = nodes.map { node in
            "\(node.name) \(node.session.status(of: vip).map { "\($0.state) epoch \($0.epoch)" } ?? "-")"
        }
        return "answering \(answering(vip)), " + states.joined(separator: ", ")
    }

    /// True if nothing is lost or forged by chance, so that nothing may move.
    var isLossless: Bool { scenario.link.loss == 0 && scenario.link.unicastLoss == 0 }

    /// Elections and hand-overs of all processes that live now.
    var totalClaims: Int { nodes.reduce(0) { $0 + $1.session.counters.claims } }

    /// Starts the sums of the record anew.
    package mutating func resetRecord() { record.reset() }

    /// Members that were declared gone, by all processes that live now.
    package var peersLost: Int { nodes.reduce(0) { $0 + $1.session.counters.peersLost } }

    /// Elections and hand-overs of all processes that live now.
    package var claimsMade: Int { totalClaims }

    /// Runs a history to its end: so long after the last fault that everything must have come to rest, and then on.
    package mutating func runToEnd() { run(until: scenario.quietAt + .seconds(33)) }
}
