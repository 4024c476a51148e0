import Addresses
import Ownership
import OwnershipSimulation
import Testing

@Suite("Histories by name: nodes, processes and links")
struct NamedHistoryTests {
    static let seeds: [UInt64] = [1, 2]

    @Test("owner dies while handing over", arguments: seeds)
    func ownerDiesHandingOver(seed: UInt64) {
        for instant in [0, 1, 50, 150, 600] {
            var simulation = Simulation.settled(nodes: 4, seed: seed)
            let owner = simulation.owner
            simulation.strike(.drain, node: owner, for: .seconds(20))
            simulation.run(for: .milliseconds(instant))
            simulation.strike(.nodeCrash, node: owner, for: .seconds(20))
            simulation.run(for: .seconds(5))
            #expect(simulation.longestOutage <= .milliseconds(330), "after \(instant) ms")
            #expect(simulation.isSettled)
            expectUnbroken(simulation)
        }
    }

    @Test("successor dies right after claiming", arguments: seeds)
    func successorDies(seed: UInt64) {
        var simulation = Simulation.settled(nodes: 4, seed: seed)
        let owner = simulation.owner
        let vip = Scenario.vip(0)
        simulation.strike(.nodeCrash, node: owner, for: .seconds(20))
        while simulation.claimants(vip).isEmpty { simulation.run(for: .milliseconds(1)) }
        simulation.strike(.nodeCrash, node: simulation.owner, for: .seconds(20))
        simulation.run(for: .seconds(5))
        // Each of the two deaths costs its own detection.
        #expect(simulation.longestOutage <= .milliseconds(330))
        #expect(simulation.claimants(vip).count == 1 && simulation.owner != owner)
        #expect(simulation.isSettled)
        expectUnbroken(simulation)
    }

    @Test("two partitions elect for minutes, then heal", arguments: seeds)
    func partition(seed: UInt64) {
        var simulation = Simulation.settled(nodes: 4, seed: seed)
        simulation.strike(.partition(mask: 0b0011), node: 0, for: .seconds(120))
        simulation.run(for: .seconds(110))
        #expect(simulation.vips.allSatisfy { simulation.claimants($0).count == 2 })
        simulation.run(for: .seconds(10))
        simulation.resetRecord()
        simulation.run(for: .seconds(10))
        #expect(simulation.isSettled)
        #expect(simulation.longestOutage == .zero)
        #expect(simulation.longestOverlap <= .milliseconds(700))
        expectUnbroken(simulation)
    }

    @Test(
        "deaf: its own VIPs are taken within the two-way limit, those of others stay where they are", arguments: seeds)
    func deaf(seed: UInt64) {
        var simulation = Simulation.settled(nodes: 5, vips: 20, seed: seed)
        let deaf = simulation.owner
        let others = simulation.vips.filter { !simulation.claimants($0).contains(deaf) }
        let before = others.map { simulation.claimants($0) }
        simulation.strike(.deaf, node: deaf, for: .seconds(10))
        simulation.run(for: .seconds(30))
        #expect(others.map { simulation.claimants($0) } == before)
        #expect(simulation.longestOutage <= .milliseconds(620))
        for vip in others { #expect(simulation.record.vips[vip]?.outage == .zero) }
        #expect(simulation.vips(of: deaf).isEmpty)
        #expect(simulation.isSettled)
        expectUnbroken(simulation)
    }

    @Test("a deaf node whose carrier flaps does not turn the neighbours' caches to itself", arguments: seeds)
    func deafFlap(seed: UInt64) {
        var simulation = Simulation.settled(seed: seed)
        let (deaf, vip) = (simulation.owner, Scenario.vip(0))
        simulation.strike(.deaf, node: deaf, for: .seconds(20))
        simulation.run(for: .seconds(6))
        #expect(simulation.clientTarget(vip) != deaf)
        simulation.strike(.carrier(silence: .zero), node: deaf, for: .milliseconds(60))
        simulation.run(for: .seconds(5))
        #expect(simulation.clientTarget(vip) != deaf)
        simulation.run(for: .seconds(15))
        #expect(simulation.isSettled)
        expectUnbroken(simulation)
    }

    @Test("mute: the others take over, and nothing comes back when it speaks again", arguments: seeds, [true, false])
    func mute(seed: UInt64, hasGateway: Bool) {
        var simulation = Simulation.settled(seed: seed) { $0.hasGateway = hasGateway }
        let mute = simulation.owner
        simulation.strike(.mute, node: mute, for: .seconds(10))
        simulation.run(for: .seconds(30))
        #expect(simulation.vips(of: mute).isEmpty)
        #expect(simulation.longestOutage <= .milliseconds(330))
        #expect(simulation.isSettled)
        expectUnbroken(simulation)
    }

    @Test("a switch that forwards 30 s after the carrier", arguments: seeds)
    func slowSwitch(seed: UInt64) {
        var simulation = Simulation.settled(seed: seed)
        let owner = simulation.owner
        simulation.strike(.carrier(silence: .seconds(30)), node: owner, for: .seconds(3))
        simulation.run(for: .seconds(4))
        let heirs = simulation.owners
        // Its port is dead although its carrier is there: it must not claim, not even for itself.
        simulation.run(for: .seconds(28))
        #expect(simulation.owners == heirs)
        simulation.run(for: .seconds(10))
        #expect(simulation.owners == heirs)
        #expect(simulation.isSettled)
        expectUnbroken(simulation)
    }

    @Test("restart within an interval", arguments: seeds)
    func quickRestart(seed: UInt64) {
        var simulation = Simulation.settled(seed: seed)
        let (owners, epochs) = (simulation.owners, simulation.epochs)
        simulation.strike(.speakerCrash, node: simulation.owner, for: .milliseconds(30))
        simulation.run(for: .seconds(5))
        #expect(simulation.owners == owners && simulation.epochs == epochs)
        #expect(simulation.longestOutage == .zero && simulation.longestOverlap == .zero)
        expectUnbroken(simulation)
    }

    @Test("all power back within 10 s of one another: whoever is up first does not own everything for ever alone")
    func power() {
        for seed in Self.seeds {
            var simulation = Simulation.settled(nodes: 4, vips: 12, seed: seed)
            simulation.strike(.powerCut, node: 0, for: .seconds(2))
            simulation.run(for: .seconds(25))
            #expect(simulation.isSettled)
            expectUnbroken(simulation)
        }
    }

    @Test("all power back at once: the VIPs are spread over the nodes")
    func powerAtOnce() {
        var simulation = Simulation.settled(nodes: 4, vips: 12)
        for node in 0..<4 { simulation.strike(.nodeCrash, node: node, for: .seconds(3)) }
        simulation.run(for: .seconds(12))
        #expect(simulation.isSettled)
        #expect(Set(simulation.owners).count == 4, "\(simulation.owners)")
        expectUnbroken(simulation)
    }

    @Test("loss bursts of 1 s", arguments: [0.5, 0.8, 0.95])
    func bursts(loss: Double) {
        for seed in Self.seeds {
            var simulation = Simulation.settled(nodes: 4, seed: seed)
            for _ in 0..<5 {
                simulation.strike(.lossBurst(loss), node: 0, for: .seconds(1))
                simulation.run(for: .seconds(6))
            }
            simulation.run(for: .seconds(5))
            #expect(simulation.isSettled)
            expectUnbroken(simulation)
        }
    }

    @Test(
        "pauses of 1 s, 10 s, 10 min, with and without a visible clock",
        arguments: [Duration.seconds(1), .seconds(10), .seconds(600)], [true, false])
    func pause(length: Duration, isVisible: Bool) {
        var simulation = Simulation.settled()
        let paused = simulation.owner
        simulation.strike(.pause(isVisible: isVisible), node: paused, for: length)
        simulation.run(for: length + .seconds(15))
        #expect(simulation.isSettled)
        #expect(simulation.vips(of: paused).isEmpty)
        #expect(simulation.longestOutage <= .milliseconds(330))
        // Where the lease did not end meanwhile, the newcomer's claim has to arrive first: one hello interval.
        #expect(simulation.longestOverlap <= .milliseconds(isVisible && length > .seconds(6) ? 0 : 200))
        expectUnbroken(simulation)
    }

    @Test("killed while stopped", arguments: seeds)
    func killedWhileStopped(seed: UInt64) {
        for length in [Duration.milliseconds(500), .seconds(3), .seconds(12)] {
            var simulation = Simulation.settled(seed: seed)
            simulation.strike(.stopAndKill, node: simulation.owner, for: length)
            simulation.run(for: length + .seconds(10))
            #expect(simulation.isSettled)
            #expect(simulation.longestOutage == .zero)
            expectUnbroken(simulation)
        }
    }

    @Test("where multicast does not pass, members that know each other speak by unicast", arguments: seeds)
    func unicastOnly(seed: UInt64) {
        var simulation = Simulation.settled(nodes: 4, seed: seed) { scenario in
            scenario.link.passesMulticast = false
            let members = (0..<4).map {
                OwnershipSnapshot.Member(nodeName: scenario.name($0), address: scenario.address($0))
            }
            for node in 0..<4 { scenario.snapshots[node] = OwnershipSnapshot(members: members) }
        }
        #expect(simulation.isSettled)
        simulation.strike(.nodeCrash, node: simulation.owner, for: .seconds(5))
        simulation.run(for: .seconds(20))
        #expect(simulation.isSettled)
        #expect(simulation.longestOutage <= .milliseconds(330))
        expectUnbroken(simulation)
    }

    @Test("two members that do not hear each other learn of each other through a third", arguments: seeds)
    func brokenPath(seed: UInt64) {
        var simulation = Simulation.settled(nodes: 3, seed: seed)
        let (owners, epochs) = (simulation.owners, simulation.epochs)
        simulation.strike(.brokenPair(to: 1), node: 0, for: .seconds(60))
        simulation.strike(.brokenPair(to: 0), node: 1, for: .seconds(60))
        simulation.run(for: .seconds(90))
        #expect(simulation.owners == owners && simulation.epochs == epochs)
        #expect(simulation.longestOutage == .zero && simulation.longestOverlap == .zero)
        expectUnbroken(simulation)
    }
}
