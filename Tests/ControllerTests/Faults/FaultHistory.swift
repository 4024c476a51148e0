import Benchmarking
import Controller
import KubernetesClient
import KubernetesObjects

/// A cluster's history from a seed: people change Services and pools, the server refuses, delays, loses answers and meets
/// other writers, processes die between any two writes, freeze, and hand over to each other. Every now and then all of
/// that stops, and what has settled is judged.
struct FaultHistory {
    let seed: UInt64
    var server: LabServer
    var random: SplitMix
    var now = ContinuousClock.now
    private let start: ContinuousClock.Instant
    /// What happened, a line each.
    private(set) var trace: [String] = []
    /// What broke a rule.
    private(set) var faults: [String] = []

    /// With two, one leads by a lease; with one there is no election.
    private let candidates: [String]
    private var elections: [String: LeaderElection] = [:]
    private var nextLooks: [String: ContinuousClock.Instant] = [:]
    private var incarnation = 0
    private var lease: Lease.Spec?
    /// Those that work, by candidate.
    private var replicas: [String: Replica] = [:]
    /// Requests of processes that are gone, which may still arrive.
    private var orphans: [Replica.Flight] = []

    init(seed: UInt64) {
        self.seed = seed
        random = SplitMix(seed: seed)
        server = LabServer(random: SplitMix(seed: seed &+ 1))
        start = now
        candidates = seed.isMultiple(of: 2) ? ["a", "b"] : ["a"]
        for name in candidates { restart(name) }
    }

    mutating func run(rounds: Int, actions: Int) {
        changePools()
        for round in 1...rounds {
            for _ in 0..<actions {
                act()
                for _ in 0..<Int.random(in: 0...12, using: &random) { stir() }
            }
            note("round \(round): the faults end")
            guard let session = settle() else {
                faults.append("round \(round): it does not settle")
                return
            }
            let judged = Judge(server, working: session).faults
            faults += judged.map { "round \(round): \($0)" }
            if !faults.isEmpty { return }
        }
    }

    mutating func note(_ line: String) {
        trace.append("\((now - start).milliseconds) ms: \(line)")
    }

    // MARK: processes

    private mutating func restart(_ name: String) {
        incarnation += 1
        if candidates.count == 1 {
            replicas[name] = Replica(name: name, at: now)
        } else {
            elections[name] = LeaderElection(LeaderElection.Settings(identity: "\(name)\(incarnation)"))
            nextLooks[name] = now
        }
    }

    /// Ends a process; what it has sent may arrive all the same.
    private mutating func kill(_ name: String) {
        if let replica = replicas.removeValue(forKey: name) {
            orphans += replica.flights.filter { $0.answer == nil && Bool.random(using: &random) }
        }
        elections[name] = nil
        restart(name)
    }

    /// Ends a process in an orderly way, with its lease.
    private mutating func terminate(_ name: String) {
        if let spec = elections[name]?.release(timestamp: server.timestamp) { lease = spec }
        kill(name)
    }

    /// A candidate's look at the lease, if it is due.
    private mutating func look(_ name: String, isFaulty: Bool) {
        guard var election = elections[name], let due = nextLooks[name], due <= now, !isFrozen(name) else { return }
        let wasLeading = election.isLeading
        nextLooks[name] = now + .seconds(2)
        if !(isFaulty && chance(0.3)) {
            switch election.observed(lease, at: now, timestamp: "\(now - start)") {
            case .wait: break
            case .create(let spec), .update(let spec):
                lease = spec
                if !(isFaulty && chance(0.1)) { election.wrote(spec, begunAt: now) }
            }
        }
        let isLost = wasLeading && (!election.isLeading || election.hasLost(at: now))
        elections[name] = election
        if isLost {
            note("\(name) has lost the lease")
            kill(name)
        } else if election.isLeading, replicas[name] == nil {
            note("\(name) leads")
            replicas[name] = Replica(name: name, at: now)
        }
    }

    private func isFrozen(_ name: String) -> Bool { replicas[name]?.frozenUntil.map { now < $0 } ?? false }

    // MARK: small steps

    /// One small step of anybody, with faults.
    private mutating func stir() {
        for name in candidates { look(name, isFaulty: true) }
        if !orphans.isEmpty, chance(0.1) { flyOrphan() }
        let awake = replicas.keys.sorted().filter { !isFrozen($0) }
        guard let name = awake.randomElement(using: &random), var replica = replicas[name] else {
            return advance(by: pick([.milliseconds(100), .seconds(2)]))
        }
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<22: fetch(&replica)
        case 22..<50:
            let index = Int.random(in: 0..<replica.feeds.count, using: &random)
            replica.hear(index, at: now)
        case 50..<65:
            if let key = replica.begin(at: now, timestamp: server.timestamp) { note("\(name) begins \(key)") }
        case 65..<78: fly(&replica)
        case 78..<90:
            if let index = replica.flights.indices.filter({ replica.flights[$0].answer != nil })
                .randomElement(using: &random)
            {
                note("\(name) hears \(replica.flights[index])")
                replica.land(index, at: now, timestamp: server.timestamp, using: &random)
            }
        default: advance(by: pick([.milliseconds(5), .milliseconds(120), .milliseconds(700), .seconds(3)]))
        }
        replicas[name] = replica
    }

    private mutating func fetch(_ replica: inout Replica) {
        let index = Int.random(in: 0..<replica.feeds.count, using: &random)
        if chance(0.03) { replica.feeds[index].watch = nil }
        replica.fetch(index, &server)
    }

    /// Has one request carried out, with a fault now and then.
    private mutating func fly(_ replica: inout Replica) {
        guard
            let index = replica.flights.indices.filter({ replica.flights[$0].answer == nil })
                .randomElement(using: &random)
        else { return }
        var flight = replica.flights[index]
        if let election = elections[replica.name], case .write = flight.content, !election.isLeading(at: now) {
            flight.answer = .failed(KubernetesError(.cancelled, "this controller no longer leads"))
        } else {
            var random = self.random
            flight.fly(&server) { Self.fault(using: &random) }
            self.random = random
        }
        note("\(replica.name): the server: \(flight)")
        replica.flights[index] = flight
    }

    private static func fault(using random: inout SplitMix) -> LabServer.Fault? {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<4: .refused(.unreachable)
        case 4..<7: .refused(.tooManyRequests)
        case 7..<10: .refused(.serverError(status: 500))
        case 10..<18: .answerLost
        case 18..<26: .overtaken
        case 26..<28: .refused(.conflict)
        case 28..<32: .dead
        default: nil
        }
    }

    private mutating func flyOrphan() {
        var flight = orphans.remove(at: Int.random(in: 0..<orphans.count, using: &random))
        flight.fly(&server) { nil }
        note("the server: late, of a process that is gone: \(flight)")
    }

    private mutating func advance(by duration: Duration) {
        now += duration
        server.advance(by: duration)
    }

    // MARK: rest

    /// Without faults, until nothing is left to do.
    /// - Returns: the session that works; nil if there is no end of it.
    private mutating func settle() -> ControllerSession? {
        while !orphans.isEmpty { flyOrphan() }
        for _ in 0..<4000 {
            for name in candidates { look(name, isFaulty: false) }
            // One that froze while it led works no more when it wakes.
            guard let name = replicas.keys.sorted().first(where: { !isFrozen($0) }), var replica = replicas[name] else {
                advance(by: .seconds(1))
                continue
            }
            let isBusy = calm(&replica)
            let deadline = replica.session.nextDeadline
            replicas[name] = replica
            if isBusy { continue }
            guard let deadline else { return replica.session }
            advance(by: max(deadline - now, .milliseconds(1)))
        }
        return nil
    }

    /// One go over all that a process has to do.
    /// - Returns: false if there was nothing.
    private mutating func calm(_ replica: inout Replica) -> Bool {
        var isBusy = false
        for index in replica.feeds.indices {
            replica.fetch(index, &server)
            while !replica.feeds[index].events.isEmpty {
                replica.hear(index, at: now)
                isBusy = true
            }
        }
        while let key = replica.begin(at: now, timestamp: server.timestamp) {
            note("\(replica.name) begins \(key)")
            isBusy = true
        }
        while let index = replica.flights.indices.first {
            isBusy = true
            if replica.flights[index].answer == nil {
                if let election = elections[replica.name], !election.isLeading(at: now) {
                    replica.flights[index].answer = .failed(KubernetesError(.cancelled, "no longer leads"))
                } else {
                    replica.flights[index].fly(&server) { nil }
                }
            }
            note("\(replica.name) hears \(replica.flights[index])")
            replica.land(index, at: now, timestamp: server.timestamp, using: &random)
        }
        return isBusy
    }

    // MARK: chance

    mutating func pick<Value>(_ values: [Value]) -> Value { values[Int.random(in: 0..<values.count, using: &random)] }

    mutating func chance(_ probability: Double) -> Bool { Double.random(in: 0..<1, using: &random) < probability }

    /// Something that happens to processes.
    mutating func strike() {
        let name = pick(candidates)
        switch Int.random(in: 0..<4, using: &random) {
        case 0 where candidates.count == 2:
            note("\(name) is told to end")
            terminate(name)
        case 1 where replicas[name] != nil:
            note("\(name) freezes")
            replicas[name]?.frozenUntil = now + .seconds(Int.random(in: 1...20, using: &random))
        default:
            note("\(name) is killed")
            kill(name)
        }
    }
}

extension Duration {
    fileprivate var milliseconds: Int64 {
        components.seconds * 1000 + components.attoseconds / 1_000_000_000_000_000
    }
}
