import Addresses
import Ownership
import OwnershipSimulation
import Testing

@Suite("Histories by name: configuration, keys, memory")
struct ConfigurationHistoryTests {
    static let seeds: [UInt64] = [1, 2]

    @Test("snapshot lost: a restart moves nothing, for others know the epochs", arguments: seeds)
    func snapshotLost(seed: UInt64) {
        var simulation = Simulation.settled(seed: seed) { $0.snapshotLoss = 1 }
        let (owners, epochs) = (simulation.owners, simulation.epochs)
        simulation.strike(.restart, node: simulation.owner, for: .seconds(1))
        simulation.run(for: .seconds(10))
        #expect(simulation.owners == owners && simulation.epochs == epochs)
        #expect(simulation.longestOutage == .zero && simulation.longestOverlap == .zero)
        expectUnbroken(simulation)
    }

    @Test("snapshot lost by all in a power cut: epochs begin anew and everything is owned once", arguments: seeds)
    func snapshotsLost(seed: UInt64) {
        var simulation = Simulation.settled(nodes: 4, seed: seed) { $0.snapshotLoss = 1 }
        simulation.strike(.powerCut, node: 0, for: .seconds(1))
        simulation.run(for: .seconds(25))
        #expect(simulation.isSettled)
    }

    @Test("snapshot of last month: low epochs and members that are gone neither win nor delay beyond 5 s")
    func oldSnapshot() {
        var simulation = Simulation.settled { scenario in
            scenario.lateStarts = [2: .seconds(20)]
            scenario.snapshots[2] = OwnershipSnapshot(
                entries: (0..<4).map { .init(vip: Scenario.vip($0), seen: 1, own: 1) },
                members: [.init(nodeName: "node-9", address: scenario.address(8))])
        }
        // The others' claims have moved on meanwhile.
        simulation.strike(.nodeCrash, node: simulation.owner, for: .seconds(5))
        simulation.run(until: .seconds(19))
        let (owners, epochs) = (simulation.owners, simulation.epochs)
        #expect(epochs.contains(2))
        simulation.run(until: .seconds(32))
        #expect(simulation.owners == owners && simulation.epochs == epochs)
        #expect(simulation.session(2).isElecting)
        expectUnbroken(simulation)
    }

    @Test("snapshot with epochs far ahead: the next claim goes on from there, and nobody is shut out")
    func snapshotAhead() {
        var simulation = Simulation.settled { scenario in
            scenario.snapshots[0] = OwnershipSnapshot(
                entries: (0..<4).map { .init(vip: Scenario.vip($0), seen: 900, own: nil) }, members: [])
        }
        #expect(simulation.isSettled)
        simulation.strike(.nodeCrash, node: 0, for: .seconds(60))
        simulation.run(for: .seconds(5))
        #expect(simulation.isSettled)
        #expect(simulation.longestOutage <= .milliseconds(330))
    }

    @Test("two nodes with one name: the higher identity stands back, the lower goes on", arguments: seeds)
    func oneName(seed: UInt64) throws {
        var simulation = Simulation.settled(nodes: 3, seed: seed) { $0.names = [1: "node-1"] }
        simulation.run(for: .seconds(3))
        let (first, second) = (simulation.session(0).instance, simulation.session(1).instance)
        let (lower, higher) = first < second ? (0, 1) : (1, 0)
        #expect(simulation.session(higher).claimedVIPs.isEmpty)
        #expect(
            simulation.session(higher).statuses.allSatisfy { $0.state == .notCandidate(.duplicateNodeName) })
        #expect(simulation.isSettled)
        // The twin is freed 30 s after the other was last heard.
        simulation.strike(.nodeCrash, node: lower, for: .seconds(100))
        simulation.run(for: .seconds(25))
        #expect(simulation.session(higher).claimedVIPs.isEmpty)
        #expect(simulation.isSettled)
        simulation.run(for: .seconds(10))
        #expect(simulation.session(higher).statuses.allSatisfy { $0.state == .standby })
        #expect(simulation.longestOutage <= .milliseconds(330))
    }

    @Test(
        "configuration skew both ways: scores that contradict each other settle and never move anything by themselves")
    func skew() {
        for seed in Self.seeds {
            var simulation = Simulation.settled(nodes: 4, seed: seed)
            for node in 0..<4 { simulation.strike(.skew, node: node, for: .seconds(60)) }
            simulation.run(for: .seconds(5))
            let owners = simulation.owners
            #expect(simulation.isSettled)
            simulation.strike(.nodeCrash, node: simulation.owner, for: .seconds(10))
            simulation.run(for: .seconds(30))
            #expect(simulation.isSettled)
            #expect(owners != simulation.owners)
            #expect(simulation.longestOutage <= .milliseconds(330))
            expectUnbroken(simulation)
        }
    }

    @Test("a VIP that some nodes do not know yet is owned by one that does, and by one only")
    func partialConfiguration() {
        var simulation = Simulation.settled(nodes: 4)
        let vip = IPAddress(v4: 0x0A14_00FF)
        let view = simulation.scenario.view()
        for node in [1, 3] { simulation.inject(.viewChanged([vip: view]), at: node) }
        simulation.run(for: .seconds(2))
        let claimants = (0..<4).filter { simulation.session($0).claims(vip) }
        #expect(claimants.count == 1 && [1, 3].contains(claimants.first ?? 0))
        for node in [0, 2] { simulation.inject(.viewChanged([vip: view]), at: node) }
        simulation.run(for: .seconds(2))
        #expect((0..<4).filter { simulation.session($0).claims(vip) } == claimants)
    }

    @Test("interval changed on half of the nodes", arguments: seeds)
    func intervals(seed: UInt64) {
        var simulation = Simulation.settled(nodes: 4, seed: seed) { scenario in
            scenario.helloIntervals = [0: .seconds(1), 1: .seconds(1), 2: .milliseconds(10)]
        }
        simulation.run(for: .seconds(10))
        #expect(simulation.isSettled)
        simulation.resetRecord()
        simulation.run(for: .seconds(20))
        #expect(simulation.longestOutage == .zero && simulation.longestOverlap == .zero)
        // A slow owner is found out by its own interval, a fast one by its own.
        for node in [0, 2] {
            simulation.resetRecord()
            simulation.strike(.nodeCrash, node: node, for: .seconds(20))
            simulation.run(for: .seconds(40))
            #expect(simulation.longestOutage <= (node == 0 ? .milliseconds(3300) : .milliseconds(330)))
            #expect(simulation.isSettled)
        }
        expectUnbroken(simulation)
    }

    @Test("key rotated node by node: nobody is lost, nothing moves", arguments: seeds)
    func rotation(seed: UInt64) {
        var simulation = Simulation.settled(nodes: 4, seed: seed)
        let (owners, epochs) = (simulation.owners, simulation.epochs)
        let old = Array("a key of the simulation".utf8)
        let new = Array("the key that comes after".utf8)
        let steps = [
            OwnershipKeys(id: 1, key: old).accepting(id: 2, key: new),
            OwnershipKeys(id: 2, key: new).accepting(id: 1, key: old),
            OwnershipKeys(id: 2, key: new),
        ]
        for keys in steps {
            for node in 0..<4 {
                simulation.inject(.keysChanged(keys), at: node)
                simulation.run(for: .seconds(2))
            }
        }
        simulation.run(for: .seconds(5))
        #expect(simulation.owners == owners && simulation.epochs == epochs)
        #expect(simulation.peersLost == 0)
        #expect(simulation.longestOutage == .zero && simulation.longestOverlap == .zero)
        expectUnbroken(simulation)
    }

    @Test("two clusters with two keys on one link leave each other alone")
    func twoClusters() {
        let other = OwnershipKeys(id: 1, key: Array("the other cluster's key".utf8))
        var simulation = Simulation.settled(nodes: 4) { $0.keys = [2: other, 3: other] }
        simulation.run(for: .seconds(5))
        for node in 0..<4 {
            #expect(simulation.session(node).peerStatuses.count == 1)
            #expect(simulation.session(node).counters.dropped[.tag, default: 0] > 100)
        }
    }

    @Test("a stranger uses a VIP: not claimed while it answers, claimed once it is gone", arguments: seeds)
    func stranger(seed: UInt64) {
        var scenario = Scenario()
        scenario.seed = seed
        var simulation = Simulation(scenario)
        let vip = Scenario.vip(0)
        simulation.setStranger(vip, true)
        simulation.run(until: .seconds(10))
        #expect(simulation.claimants(vip).isEmpty)
        #expect(
            (0..<3).contains {
                if case .backingOff = simulation.session($0).status(of: vip)?.state { true } else { false }
            })
        #expect(simulation.vips.dropFirst().allSatisfy { simulation.isSettled($0) })
        simulation.setStranger(vip, false)
        simulation.run(until: .seconds(80))
        #expect(simulation.isSettled)
    }

    @Test("a stranger that uses an owned VIP is answered by one announcement in 10 s")
    func strangerLater() {
        var simulation = Simulation.settled()
        let owner = simulation.owner
        let mac = MACAddress(bits: 0xBAD)
        let before = simulation.record.announcements[owner, default: 0]
        for _ in 0..<100 {
            simulation.inject(
                .neighborHeard(
                    NeighborObservation(
                        address: Scenario.vip(0), ethernetSource: mac, hardwareAddress: mac, answersUs: false)),
                at: owner)
            simulation.run(for: .milliseconds(100))
        }
        // One burst is five announcements.
        #expect(simulation.record.announcements[owner, default: 0] - before <= 10)
        #expect(simulation.isSettled)
        expectUnbroken(simulation)
    }
}
