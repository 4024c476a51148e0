import Addresses
import Ownership
import OwnershipSimulation
import Testing

@Suite("Histories by name: many members, many VIPs, much loss")
struct SizeTests {
    @Test("10,000 VIPs moving at once")
    func manyVIPs() {
        var simulation = Simulation.settled(nodes: 3, vips: 10_000)
        #expect(simulation.isSettled)
        let owner = simulation.owner
        let share = simulation.vips(of: owner).count
        #expect(share > 3000)
        simulation.strike(.nodeCrash, node: owner, for: .seconds(20))
        simulation.run(for: .seconds(3))
        #expect(simulation.longestOutage <= .milliseconds(330))
        #expect(simulation.isSettled)
        // Everybody knows everybody's claims, by steps or by whole tables.
        for node in 0..<3 where node != owner {
            #expect(simulation.session(node).statuses.allSatisfy { $0.owner != nil })
        }
        expectUnbroken(simulation)
    }

    @Test("52 members, each elected for some VIPs: paced, and a dead one replaced")
    func manyMembers() {
        var simulation = Simulation.settled(nodes: 52, vips: 6)
        simulation.run(for: .seconds(3))
        #expect(simulation.isSettled)
        simulation.resetRecord()
        simulation.run(for: .seconds(2))
        let received = simulation.record.sent.values.reduce(0, +) / 2
        #expect(received <= 560, "\(received) a second")
        simulation.strike(.nodeCrash, node: simulation.owner, for: .seconds(30))
        simulation.run(for: .seconds(1))
        #expect(simulation.isSettled)
        // Owners stay at 100 ms among 52, so that a death is found as among three; slots follow.
        #expect(simulation.longestOutage <= .milliseconds(500))
        expectUnbroken(simulation)
    }

    @Test("Wi-Fi: 20 % loss of multicast and 2 % of unicast move nothing", arguments: [1, 2] as [UInt64])
    func wifi(seed: UInt64) {
        let record = Simulation.wifi(for: .seconds(120), seed: seed)
        #expect(record.moves == 0 && record.unsettled == 0, "\(record.text)")
    }
}
