import Testing

@testable import KubernetesClient

/// An API server in memory: objects with versions, a history that it forgets, and trouble on the way to it.
private struct SimulatedServer {
    struct Change {
        var name: Int
        var version: Int
        var isDeletion: Bool
    }

    private(set) var version = 1
    /// One change a version, from version 2 on.
    private var history: [Change] = []
    private(set) var current: [Int: Int] = [:]
    /// Versions below are forgotten.
    private var compacted = 1

    /// The objects and their versions as of a version.
    private func objects(at version: Int) -> [Int: Int] {
        if version == self.version { return current }
        var objects: [Int: Int] = [:]
        for change in history.prefix(version - 1) {
            objects[change.name] = change.isDeletion ? nil : change.version
        }
        return objects
    }

    mutating func change(using random: inout SeededRandom) {
        version += 1
        let name = Int.random(in: 0..<12, using: &random)
        let isDeletion = current[name] != nil && Bool.random(using: &random)
        history.append(Change(name: name, version: version, isDeletion: isDeletion))
        current[name] = isDeletion ? nil : version
    }

    mutating func compact(using random: inout SeededRandom) {
        compacted = Int.random(in: compacted...version, using: &random)
    }

    struct Page {
        var objects: [Int: Int]
        var version: Int
        var token: String?
    }

    func list(_ request: ListRequest) throws(KubernetesError) -> Page {
        var state = version
        var offset = 0
        if let parts = request.continueToken?.split(separator: ":").compactMap({ Int($0) }) {
            (state, offset) = (parts[0], parts[1])
            guard state >= compacted else { throw KubernetesError(.gone, "") }
        }
        let all = objects(at: state).sorted { $0.key < $1.key }
        let end = min(all.count, offset + (request.limit ?? all.count))
        let page = Dictionary(uniqueKeysWithValues: all[offset..<end].map { ($0.key, $0.value) })
        return Page(objects: page, version: state, token: end < all.count ? "\(state):\(end)" : nil)
    }

    func watch(from start: Int) throws(KubernetesError) -> ArraySlice<Change> {
        guard start >= compacted else { throw KubernetesError(.gone, "") }
        return history.dropFirst(start - 1)
    }
}

/// A session with the simulated server, and what its receiver believes.
private struct Simulation {
    var server = SimulatedServer()
    var random: SeededRandom
    var session: ReflectorSession
    var now = ContinuousClock.now
    var pages: [Int: Int] = [:]
    var believed: [Int: Int] = [:]
    var troubles = true
    var requests = 0
    /// What the session asked for last.
    private var effects: [ReflectorSessionEffect] = []

    init(seed: UInt64, paging: ListPaging) {
        random = SeededRandom(seed)
        session = ReflectorSession(policy: ReflectorPolicy(paging: paging))
        effects = session.handle(.started, at: now, using: &random)
    }

    private mutating func isLucky(_ chance: Double) -> Bool { Double.random(in: 0..<1, using: &random) < chance }

    private mutating func trouble() -> KubernetesError? {
        guard troubles, isLucky(0.4) else { return nil }
        let codes: [KubernetesError.Code] = [
            .unreachable, .timeout, .unauthorized, .notFound, .badAnswer, .tooManyRequests, .serverError(status: 502),
            .serverError(status: 500), .gone, .rejected(status: 400),
        ]
        return KubernetesError(codes.randomElement(using: &random) ?? .timeout, "")
    }

    private mutating func unrest() {
        guard troubles else { return }
        for _ in 0..<Int.random(in: 0..<4, using: &random) { server.change(using: &random) }
        if isLucky(0.1) { server.compact(using: &random) }
    }

    /// Performs what the session asks for until the time has come.
    mutating func run(until end: ContinuousClock.Instant) {
        while now < end {
            var next: ReflectorSessionEvent?
            for effect in effects {
                switch effect {
                case .list(let request): next = list(request)
                case .watch(let request): next = watch(request)
                case .dropPages: pages = [:]
                case .deliverPages:
                    believed = pages
                    pages = [:]
                case .report: break
                }
            }
            if next == nil, let deadline = session.nextDeadline {
                now = max(now, deadline)
                next = .deadlineReached
            }
            guard let event = next else { return }
            effects = session.handle(event, at: now, using: &random)
        }
    }

    private mutating func list(_ request: ListRequest) -> ReflectorSessionEvent {
        requests += 1
        unrest()
        now += .milliseconds(50)
        if let error = trouble() { return .listFailed(error) }
        do throws(KubernetesError) {
            let page = try server.list(request)
            pages.merge(page.objects) { _, new in new }
            return .pageArrived(
                resourceVersion: String(page.version), continueToken: page.token, objects: page.objects.count)
        } catch {
            return .listFailed(error)
        }
    }

    private mutating func watch(_ request: WatchRequest) -> ReflectorSessionEvent {
        requests += 1
        if let error = trouble() { return .watchFailed(error) }
        _ = session.handle(.watchOpened, at: now, using: &random)
        var position = Int(request.resourceVersion) ?? 0
        let end = now + request.timeout
        while now < end {
            unrest()
            do throws(KubernetesError) {
                for change in try server.watch(from: position) {
                    if troubles, isLucky(0.02) { return .watchFailed(KubernetesError(.unreachable, "")) }
                    believed[change.name] = change.isDeletion ? nil : change.version
                    position = change.version
                    _ = session.handle(.versionSeen(String(position)), at: now, using: &random)
                }
            } catch {
                return .watchFailed(error)
            }
            now += .seconds(20)
            if let error = trouble() { return .watchFailed(error) }
        }
        return .watchClosed
    }
}

@Suite("a reflector's session, simulated")
struct ReflectorSimulationTests {
    @Test("knows in the end what is true, after any trouble", arguments: [ListPaging.pages(of: 3), .whole])
    func convergence(paging: ListPaging) {
        for seed in 1...100 {
            var simulation = Simulation(seed: UInt64(seed), paging: paging)
            simulation.run(until: simulation.now + .seconds(1200))
            simulation.troubles = false
            // Long enough for the last wait, a list and a watch that the server ends.
            simulation.run(until: simulation.now + .seconds(1500))
            #expect(simulation.believed == simulation.server.current, "seed \(seed)")
        }
    }

    @Test("does not ask more often than its backoff allows, whatever goes wrong")
    func restraint() {
        for seed in 1...20 {
            var simulation = Simulation(seed: UInt64(seed), paging: .pages(of: 3))
            simulation.run(until: simulation.now + .seconds(3600))
            #expect(simulation.requests < 3600)
        }
    }
}
