import Addresses
import Ownership

// What must hold in every history (docs/ownership.md, "What is checked").
extension HistoryRecord {
    /// Epochs rise by one, never more (I5), and a node that receives nothing claims nothing (I7).
    mutating func noteClaims(_ simulation: Simulation, of node: Int) {
        // What was on its way when it became deaf still comes.
        let heardAt = simulation.nodes[node].heardAt
        if let since = deafSince[node], simulation.now - max(since, heardAt) > 1_100_000_000 {
            violate(simulation, "I7: node-\(node + 1) claims although it receives nothing")
        }
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

    /// A node that receives nothing announces nothing but the end of a burst (I7).
    mutating func noteAnnouncement(_ simulation: Simulation, from node: Int) {
        announcements[node, default: 0] += 1
        if let since = deafSince[node], simulation.now - since > 4_200_000_000 {
            violate(simulation, "I7: node-\(node + 1) announces although it receives nothing")
        }
    }

    /// A damaged datagram, and one that was received before, changes counters only (I4).
    mutating func noteForged(_ simulation: Simulation, at node: Int, _ outcome: ForgeryOutcome) {
        forged += 1
        if outcome.wasTaken { violate(simulation, "I4: node-\(node + 1) believes a damaged datagram") }
        if outcome.hadEffect { violate(simulation, "I4: a datagram that node-\(node + 1) drops has an effect") }
    }

    /// Looks at the whole.
    mutating func look(_ simulation: Simulation) {
        claims = simulation.claimsMade
        lookAtDeadSpeakers(simulation)
        lookAtOutages(simulation)
        let quiet = nanoseconds(simulation.scenario.quietAt)
        guard simulation.now >= quiet else { return }
        let broken = order.first { !simulation.isSettled($0) }
        guard let since = claimsAtConvergence else {
            if broken == nil {
                noteSettled(simulation, quiet: quiet)
                return
            }
            settledSince = nil
            if simulation.now - quiet > nanoseconds(simulation.scenario.convergenceBound), brokenSince == nil,
                let broken
            {
                brokenSince = simulation.now
                violate(simulation, "I1: \(broken) has not settled: \(simulation.describe(broken))")
            }
            return
        }
        lookAfterConvergence(simulation, claimsBefore: since, broken: broken)
        lookAtTraffic(simulation)
    }

    /// Settled for as long as two claims need to cross, and no more hello is missed from before the end of the fault.
    private mutating func noteSettled(_ simulation: Simulation, quiet: Int64) {
        let since = settledSince ?? simulation.now
        settledSince = since
        let crossing = 2 * nanoseconds(simulation.scenario.link.delay.upperBound)
        guard crossing <= 50_000_000 || simulation.now - since >= crossing,
            simulation.now - quiet >= nanoseconds(simulation.scenario.helloInterval) + 50_000_000
        else { return }
        convergence = .nanoseconds(since - quiet)
        claimsAtConvergence = claims
    }

    private mutating func lookAfterConvergence(_ simulation: Simulation, claimsBefore: Int, broken: IPAddress?) {
        if let broken, brokenSince == nil {
            brokenSince = simulation.now
            if simulation.isLossless {
                violate(simulation, "I1: \(broken) is not settled any more: \(simulation.describe(broken))")
            }
        }
        if broken == nil { brokenSince = nil }
        if let broken, let since = brokenSince,
            simulation.now - since > nanoseconds(simulation.scenario.convergenceBound)
        {
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

    /// No VIP is without an answer for longer than the history allows (I8, I9).
    private mutating func lookAtOutages(_ simulation: Simulation) {
        guard let bound = simulation.scenario.outageBound, !violations.contains(where: { $0.contains("I9") }),
            let worst = vips.max(by: { $0.value.longestOutage < $1.value.longestOutage }),
            worst.value.longestOutage > bound
        else { return }
        violate(simulation, "I9: nobody answers for \(worst.key) for \(worst.value.longestOutage), bound \(bound)")
    }

    /// No kernel answers for long after its speaker stopped (I6).
    private mutating func lookAtDeadSpeakers(_ simulation: Simulation) {
        for index in simulation.nodes.indices where simulation.nodes[index].stoppedAt != nil {
            let node = simulation.nodes[index]
            guard let stopped = node.stoppedAt, node.isPowered, !node.isPaused, node.clockLag == 0 else { continue }
            let limit: Int64 = node.announcedRestart ? 32_000_000_000 : 6_000_000_000
            guard simulation.now - stopped > limit, !foundAnswering.contains(node.index),
                order.contains(where: { node.answers($0, at: simulation.now) })
            else { continue }
            foundAnswering.insert(node.index)
            violate(
                simulation,
                "I6: \(node.name) still answers \((simulation.now - stopped) / 1_000_000) ms after its speaker stopped")
        }
    }

    /// Once at rest, a member sends hellos and nothing else, and no more than its interval says (I10).
    private mutating func lookAtTraffic(_ simulation: Simulation) {
        guard simulation.isLossless, simulation.isOrdinary else { return }
        guard let mark = restMark else {
            let rest = nanoseconds(simulation.scenario.quietAt) + 12_000_000_000
            if simulation.now >= rest { restMark = (simulation.now, sent) }
            return
        }
        let span = simulation.now - mark.at
        guard span >= 20_000_000_000 else { return }
        restMark = (.max, [:])
        for (node, count) in sent {
            let rate = Double(count - mark.sent[node, default: 0]) / (Double(span) / 1e9)
            let allowed = simulation.scenario.hellosPerSecond(of: node)
            if rate > allowed { violate(simulation, "I10: node-\(node + 1) sends \(rate) datagrams a second at rest") }
        }
    }
}

/// What a datagram of an attacker did.
struct ForgeryOutcome: Sendable {
    /// True if it was damaged and believed.
    var wasTaken: Bool
    /// True if it was dropped, and something other than a counter changed.
    var hadEffect: Bool
}
