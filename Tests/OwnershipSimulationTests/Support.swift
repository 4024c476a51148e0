import Addresses
import Ownership
import OwnershipSimulation
import Testing

extension Simulation {
    /// A link of so many nodes that has come to rest.
    static func settled(
        nodes: Int = 3, vips: Int = 4, seed: UInt64 = 1, isTracing: Bool = false,
        _ change: (inout Scenario) -> Void = { _ in }
    ) -> Simulation {
        var scenario = Scenario()
        scenario.nodes = nodes
        scenario.vips = vips
        scenario.seed = seed
        change(&scenario)
        var simulation = Simulation(scenario, isTracing: isTracing)
        simulation.run(until: .seconds(6))
        simulation.resetRecord()
        return simulation
    }

    var vips: [IPAddress] { (0..<scenario.vips).map(Scenario.vip) }

    /// The node that claims the first VIP.
    var owner: Int { claimants(Scenario.vip(0)).first ?? 0 }

    /// The VIPs that one node claims.
    func vips(of node: Int) -> [IPAddress] { vips.filter { claimants($0).contains(node) } }

    var longestOutage: Duration { record.vips.values.map(\.longestOutage).max() ?? .zero }
    var longestOverlap: Duration { record.vips.values.map(\.longestOverlap).max() ?? .zero }
    var longestBlackhole: Duration { record.vips.values.map(\.blackhole).max() ?? .zero }
    var isSettled: Bool { vips.allSatisfy { isSettled($0) } }

    /// The owner of each VIP.
    var owners: [[Int]] { vips.map { claimants($0) } }

    /// The epoch of each VIP's claim.
    var epochs: [UInt32?] {
        vips.map { vip in claimants(vip).first.flatMap { session($0).status(of: vip)?.epoch } }
    }
}

/// Fails with the whole history if an invariant was broken.
func expectUnbroken(_ simulation: Simulation, sourceLocation: SourceLocation = #_sourceLocation) {
    #expect(
        simulation.record.violations.isEmpty, "\(simulation.record.violations.joined(separator: "\n"))",
        sourceLocation: sourceLocation)
}
