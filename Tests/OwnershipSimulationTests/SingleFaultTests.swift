import OwnershipSimulation
import Testing

@Suite("One fault on a quiet link")
struct SingleFaultTests {
    /// What a fault at the owner may cost: time without an answer, time in which two answer, time in which the client's
    /// frames go nowhere.
    struct Price: Sendable, CustomTestStringConvertible {
        let name: String
        let fault: Fault
        let length: Duration
        let outage: Duration
        let overlap: Duration
        let blackhole: Duration

        init(_ name: String, _ fault: Fault, _ length: Duration, _ outage: Int, _ overlap: Int, _ blackhole: Int) {
            self.name = name
            self.fault = fault
            self.length = length
            self.outage = .milliseconds(outage)
            self.overlap = .milliseconds(overlap)
            self.blackhole = .milliseconds(blackhole)
        }

        var testDescription: String { name }
    }

    // A dead speaker's successor begins 2.5 s after its last hello, and its kernel falls silent 4 s after the last
    // refresh, or up to 1.25 s later: two may answer for 2.85 s. A hand-over lingers for 1 s.
    static let prices: [Price] = [
        Price("node death", .nodeCrash, .seconds(20), 330, 0, 331),
        Price("node death and boot", .nodeCrash, .seconds(3), 330, 0, 331),
        Price("link cut", .cut, .seconds(20), 330, 150, 331),
        Price("mute", .mute, .seconds(10), 330, 150, 331),
        Price("deaf", .deaf, .seconds(10), 620, 150, 700),
        Price("carrier", .carrier(silence: .zero), .seconds(8), 330, 0, 331),
        Price("speaker killed, back after 1 s", .speakerCrash, .seconds(1), 0, 0, 0),
        Price("speaker killed, back after 10 s", .speakerCrash, .seconds(10), 0, 2850, 0),
        Price("speaker stopped 10 s", .stop, .seconds(10), 0, 2850, 0),
        Price("speaker stopped for ever", .stop, .seconds(30), 0, 2850, 0),
        Price("restart of 2 s", .restart, .seconds(2), 0, 0, 0),
        Price("restart of 20 s", .restart, .seconds(20), 0, 0, 0),
        Price("restart of 28 s", .restart, .seconds(28), 0, 3300, 0),
        Price("drain", .drain, .seconds(10), 0, 1100, 0),
        Price("no longer eligible", .ineligible, .seconds(10), 0, 1100, 0),
        Price("leave", .leave, .seconds(10), 0, 1100, 0),
        Price("rolling restart", .rollingRestart, .seconds(1), 0, 0, 0),
        Price("paused 10 s, clock sees it", .pause(isVisible: true), .seconds(10), 330, 150, 331),
        Price("paused 10 s, clock does not see it", .pause(isVisible: false), .seconds(10), 330, 200, 331),
        Price("other scores", .skew, .seconds(10), 0, 0, 0),
    ]

    @Test("costs no more than it must", arguments: prices)
    func price(_ price: Price) {
        for seed in 1...2 as ClosedRange<UInt64> {
            var simulation = Simulation.settled(seed: seed)
            simulation.strike(price.fault, node: simulation.owner, for: price.length)
            simulation.run(for: price.length + .seconds(9))
            let label: Comment = "\(price.name), seed \(seed)"
            #expect(simulation.longestOutage <= price.outage, label)
            #expect(simulation.longestOverlap <= price.overlap, label)
            #expect(simulation.longestBlackhole <= price.blackhole, label)
            #expect(simulation.isSettled, label)
            expectUnbroken(simulation)
        }
    }

    @Test("a node that dies is replaced within 35 ms at 10 ms hellos")
    func fast() {
        for seed in 1...8 as ClosedRange<UInt64> {
            var simulation = Simulation.settled(seed: seed) { $0.helloInterval = .milliseconds(10) }
            simulation.strike(.nodeCrash, node: simulation.owner, for: .seconds(5))
            simulation.run(for: .seconds(1))
            #expect(simulation.longestOutage <= .milliseconds(35), "seed \(seed)")
            #expect(simulation.longestOutage > .milliseconds(15), "seed \(seed)")
        }
    }

    @Test("a node whose restart ends in its death is replaced at once by those that were told")
    func deathInRestart() {
        for seed in 1...2 as ClosedRange<UInt64> {
            var simulation = Simulation.settled(seed: seed)
            let owner = simulation.owner
            simulation.strike(.restart, node: owner, for: .seconds(60))
            simulation.run(for: .seconds(3))
            #expect(simulation.longestOutage == .zero)
            simulation.strike(.nodeCrash, node: owner, for: .seconds(30))
            simulation.run(for: .seconds(2))
            #expect(simulation.longestOutage <= .milliseconds(330), "seed \(seed)")
            #expect(simulation.isSettled)
        }
    }
}
