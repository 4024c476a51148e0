/// What happened on a link on which nothing happens but what its medium does to frames.
package struct RestRecord: Sendable {
    /// What was looked at, as a name in the output.
    package let name: String
    /// The simulated time.
    package let length: Duration
    /// VIPs that moved without need.
    package let moves: Int
    /// Members that were declared gone although they were not.
    package let wronglyGone: Int
    /// Datagrams that a member sends a second, the most of all members.
    package let sentPerSecond: Double
    /// Datagrams that a member receives a second, about.
    package let receivedPerSecond: Double
    /// VIPs that have not exactly one owner at the end.
    package let unsettled: Int

    /// True if nothing moved.
    package var isGood: Bool { moves == 0 && unsettled == 0 }

    /// For people.
    package var text: String {
        "\(name): \(length), \(moves) needless moves, \(wronglyGone) members wrongly declared gone, "
            + "\(unsettled) VIPs unsettled, at most \(Int(sentPerSecond)) datagrams a second sent and "
            + "\(Int(receivedPerSecond)) received by a member"
    }

    /// For programs: one object on one line.
    package var json: String {
        let fields = [
            "\"seconds\": \(length.components.seconds)", "\"moves\": \(moves)", "\"wronglyGone\": \(wronglyGone)",
            "\"unsettled\": \(unsettled)", "\"sentPerSecond\": \(Int(sentPerSecond))",
            "\"receivedPerSecond\": \(Int(receivedPerSecond))", "\"ok\": \(isGood)",
        ]
        return "{\"simulate\": {\"case\": \"\(name)\", \(fields.joined(separator: ", "))}}"
    }
}

extension Simulation {
    /// Three nodes on a Wi-Fi cell: a fifth of all multicast is lost, and two of a hundred unicast frames (I3).
    package static func wifi(for length: Duration, seed: UInt64) -> RestRecord {
        var scenario = Scenario()
        scenario.seed = seed
        scenario.link.loss = 0.2
        scenario.link.unicastLoss = 0.02
        scenario.link.delay = .microseconds(500) ... .milliseconds(20)
        return atRest("wifi", scenario, settling: .seconds(60), for: length)
    }

    /// So many members on a quiet link.
    package static func crowd(of members: Int, seed: UInt64) -> RestRecord {
        var scenario = Scenario()
        scenario.seed = seed
        scenario.nodes = members
        scenario.vips = 20
        return atRest("\(members) members", scenario, settling: .seconds(20), for: .seconds(20))
    }

    /// Lets a link come to rest and counts what moves then.
    private static func atRest(
        _ name: String, _ scenario: Scenario, settling: Duration, for length: Duration
    ) -> RestRecord {
        var simulation = Simulation(scenario)
        simulation.run(until: settling)
        let (claims, gone, sent) = (simulation.claimsMade, simulation.peersLost, simulation.record.sent)
        simulation.run(for: length)
        let seconds = Double(nanoseconds(length)) / 1e9
        let counts = simulation.record.sent.map { node, count in Double(count - sent[node, default: 0]) / seconds }
        let most = counts.max() ?? 0
        return RestRecord(
            name: name, length: length, moves: simulation.claimsMade - claims,
            wronglyGone: simulation.peersLost - gone, sentPerSecond: most,
            receivedPerSecond: counts.reduce(0, +) - most,
            unsettled: (0..<scenario.vips).count { !simulation.isSettled(Scenario.vip($0)) })
    }
}
