import Addresses

// Histories drawn from a seed.
extension Scenario {
    /// The history of a seed: one fault on a quiet link, whose outage is judged, or several on any link.
    package static func history(seed: UInt64) -> Scenario {
        seed.isMultiple(of: 4) ? singleFault(seed: seed) : manyFaults(seed: seed)
    }

    /// A history of 3 to 5 nodes on a quiet wired link with one fault, all of it drawn from the seed.
    package static func singleFault(seed: UInt64) -> Scenario {
        var random = SeededGenerator(seed: seed)
        var scenario = Scenario()
        scenario.seed = seed
        scenario.nodes = Int.random(in: 3...5, using: &random)
        scenario.isIPv6 = random.happens(0.3)
        scenario.hasGateway = random.happens(0.8)
        var fault = Fault.random(nodes: scenario.nodes, using: &random)
        while fault.outageBound == nil { fault = Fault.random(nodes: scenario.nodes, using: &random) }
        scenario.outageBound = fault.outageBound
        scenario.faults = [
            ScheduledFault(
                fault, node: Int.random(in: 0..<scenario.nodes, using: &random),
                at: .milliseconds(Int.random(in: 6_000...8_000, using: &random)), for: fault.length(using: &random))
        ]
        return scenario
    }

    /// A history of 2 to 5 nodes with 1 to 6 faults, all of it drawn from the seed.
    package static func manyFaults(seed: UInt64) -> Scenario {
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
        scenario.isIPv6 = random.happens(0.3)
        scenario.hasGateway = random.happens(0.8)
        scenario.snapshotLoss = 0.2
        for _ in 0..<Int.random(in: 1...6, using: &random) {
            let fault = Fault.random(nodes: scenario.nodes, using: &random)
            let scheduled = ScheduledFault(
                fault, node: Int.random(in: 0..<scenario.nodes, using: &random),
                at: .milliseconds(Int.random(in: 5_000...19_000, using: &random)),
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
