package import Addresses
package import Ownership
import Ranking

/// What a simulation begins with: nodes, VIPs, link, and what goes wrong when.
package struct Scenario: Sendable {
    /// The number of nodes, which have names by rank of nothing: `node-1` …
    package var nodes = 3
    /// The number of VIPs.
    package var vips = 4
    /// The link.
    package var link = SimulatedLink()
    /// The hello interval and multiplier of all nodes.
    package var helloInterval: Duration = .milliseconds(100)
    package var multiplier = 3
    /// Whether the link has a gateway that answers.
    package var hasGateway = true
    /// Faults, in any order.
    package var faults: [ScheduledFault] = []
    /// Nodes that come late: index and moment. All others start at 0 within 100 ms.
    package var lateStarts: [Int: Duration] = [:]
    /// The share of process starts that find no snapshot.
    package var snapshotLoss = 0.0
    /// The key that a node begins with, where it is not the common one.
    package var keys: [Int: OwnershipKeys] = [:]
    /// Whether the first hello of a node waits for the configuration. Seeds everything that is random.
    package var seed: UInt64 = 1

    /// A scenario without faults.
    package init() {}

    /// The VIP of an index.
    package static func vip(_ index: Int) -> IPAddress { IPAddress(v4: 0x0A14_0000 + UInt32(index) + 1) }

    /// The name of a node.
    static func name(_ index: Int) -> String { "node-\(index + 1)" }

    /// The configuration that all nodes share.
    func view(skewed: Bool = false, of node: Int = 0, eligible: Bool = true) -> VIPView {
        let candidates = (0..<nodes).map { index in
            Candidate(Self.name(index), score: skewed && index == node ? 100 : 0)
        }
        return VIPView(candidates: candidates, eligibility: eligible ? .eligible : .notEligible(reason: "test"))
    }

    /// When the last fault is over.
    package var quietAt: Duration { faults.map(\.end).max() ?? .zero }
}

extension Scenario {
    /// A history of 2 to 5 nodes with 1 to 6 faults, all of it drawn from the seed.
    package static func history(seed: UInt64) -> Scenario {
        var random = SeededGenerator(seed: seed)
        var scenario = Scenario()
        scenario.seed = seed
        scenario.nodes = Int.random(in: 2...5, using: &random)
        scenario.link.loss = [0, 0, 0.01, 0.05, 0.2].randomElement(using: &random) ?? 0
        scenario.link.unicastLoss = scenario.link.loss / 10
        let longest = [Duration.microseconds(500), .milliseconds(20), .milliseconds(200)].randomElement(using: &random)
        scenario.link.delay = .microseconds(200)...(longest ?? .milliseconds(1))
        scenario.link.duplication = random.happens(0.3) ? 0.01 : 0
        scenario.link.hostility = random.happens(0.3) ? 0.05 : 0
        scenario.hasGateway = random.happens(0.8)
        scenario.snapshotLoss = 0.2
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let fault = Fault.random(nodes: scenario.nodes, using: &random)
            let scheduled = ScheduledFault(
                fault, node: Int.random(in: 0..<scenario.nodes, using: &random),
                at: .milliseconds(Int.random(in: 6_000...26_000, using: &random)),
                for: fault.length(using: &random))
            if !scenario.faults.contains(where: { $0.excludes(scheduled) }) { scenario.faults.append(scheduled) }
        }
        scenario.faults.sort { $0.at < $1.at }
        return scenario
    }
}

extension Fault {
    /// True if it decides whether the process runs; two such must not overlap on one node.
    var isOfProcess: Bool {
        switch self {
        case .nodeCrash, .speakerCrash, .stop, .stopAndKill, .restart, .drain, .leave, .pause, .powerCut,
            .rollingRestart:
            true
        default: false
        }
    }

    var isOfAll: Bool { self == .powerCut || self == .rollingRestart }

    static func random(nodes: Int, using random: inout SeededGenerator) -> Fault {
        switch Int.random(in: 0..<22, using: &random) {
        case 0, 1: .nodeCrash
        case 2, 3: .speakerCrash
        case 4: .stop
        case 5: .stopAndKill
        case 6, 7: .restart
        case 8: .drain
        case 9: .leave
        case 10: .carrier(silence: .zero)
        case 11: .carrier(silence: .seconds(Int.random(in: 1...10, using: &random)))
        case 12: .deaf
        case 13: .mute
        case 14: .cut
        case 15: .partition(mask: Int.random(in: 1..<(1 << nodes) - 1, using: &random))
        case 16: .brokenPair(to: Int.random(in: 0..<nodes, using: &random))
        case 17: .pause(isVisible: random.happens(0.5))
        case 18: .lossBurst(Double.random(in: 0.3...0.9, using: &random))
        case 19: random.happens(0.5) ? .skew : .ineligible
        case 20: .powerCut
        default: .rollingRestart
        }
    }

    func length(using random: inout SeededGenerator) -> Duration {
        let choices: [Int] =
            switch self {
            case .stop, .pause: [50, 300, 1000, 2400, 3000, 6000, 10_000]
            case .restart: [100, 500, 2000, 8000, 28_000]
            case .carrier: [50, 150, 300, 2000, 8000]
            case .leave: [6000, 9000]
            case .powerCut: [1000, 3000]
            case .rollingRestart: [300, 1000]
            case .lossBurst: [500, 1000, 3000]
            default: [200, 1000, 3000, 8000]
            }
        let base = choices.randomElement(using: &random) ?? 1000
        return .milliseconds(base + Int.random(in: 0...base / 5, using: &random))
    }
}

extension ScheduledFault {
    func excludes(_ other: ScheduledFault) -> Bool {
        guard fault.isOfProcess && other.fault.isOfProcess else { return false }
        guard node == other.node || fault.isOfAll || other.fault.isOfAll else { return false }
        let margin = Duration.seconds(1)
        return at < other.end + margin && other.at < end + margin
    }
}
