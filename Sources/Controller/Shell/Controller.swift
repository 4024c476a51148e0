import FoundationEssentials
import KubernetesClient
import KubernetesObjects
package import Logging
package import Telemetry

/// Performs what `ControllerState` decides: feeds it with what the API tells, works the queue with a few workers, and
/// writes. It holds no policy.
package actor Controller {
    private var state: ControllerState
    private var queue = WorkQueue<WorkKey>()
    private let api: any ControllerAPI
    private var metrics = ControllerMetrics()
    private let logger: Logger
    private let settings: ControllerSettings

    /// Says that the queue has something to look at. One element is enough: whoever comes looks at all of it.
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation
    private var running = 0
    /// When the timer under way ends; nil without one.
    private var timer: ContinuousClock.Instant?
    private let readiness: Readiness
    private var hasStarted = false

    /// The condition that the controller sets.
    package static let readinessCondition = "listed"

    /// How often a write that conflicts is made again at once, with the object as it is now.
    private static let attempts = 5

    /// - Parameter readiness: told once every kind has been listed and work begins; before, what is missing.
    package init(
        settings: ControllerSettings, api: any ControllerAPI, readiness: Readiness = Readiness(), logger: Logger
    ) {
        self.settings = settings
        self.api = api
        self.logger = logger
        self.readiness = readiness
        state = ControllerState(settings)
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes in what the API tells.
    package func receive(_ event: ControllerEvent) {
        perform(state.handle(event, at: .now))
        if hasStarted { return }
        guard state.isStarted else {
            let missing = state.missingKinds.map { kind, reason in reason.map { "\(kind) (\($0))" } ?? kind }
            return readiness.miss(
                Self.readinessCondition, because: "not listed yet: \(missing.joined(separator: ", "))")
        }
        hasStarted = true
        readiness.meet(Self.readinessCondition)
        logger.notice("every kind is listed, work begins", metadata: ["services": "\(state.serviceCount)"])
    }

    /// What the controller knows, for people.
    package var snapshot: ControllerSnapshot {
        var snapshot = state.snapshot
        snapshot.queue = queue.depth
        snapshot.failing = queue.failing
        return snapshot
    }

    /// Works the queue until the task is cancelled.
    package func run() async {
        perform(state.begin())
        await withDiscardingTaskGroup { group in
            signal.yield()
            for await _ in signals {
                dispatch(in: &group)
                if Task.isCancelled { break }
            }
        }
    }

    private func dispatch(in group: inout DiscardingTaskGroup) {
        while running < settings.workers, let key = queue.next(at: .now) {
            running += 1
            group.addTask { await self.work(key) }
        }
        if let deadline = queue.nextDeadline, timer.map({ deadline < $0 }) ?? true {
            timer = deadline
            group.addTask { await self.wait(until: deadline) }
        }
    }

    private func wait(until deadline: ContinuousClock.Instant) async {
        // An error means that the task was cancelled, and then nobody listens to the signal.
        try? await Task.sleep(until: deadline, clock: .continuous)
        if timer == deadline { timer = nil }
        signal.yield()
    }

    private func work(_ key: WorkKey) async {
        if key == .metrics {
            queue.finish(key)
            metrics.update(state, depth: queue.depth, failing: queue.failing)
            running -= 1
            return
        }
        for attempt in 1...Self.attempts {
            let work = state.work(key, at: .now, timestamp: Date.now.formatted(.iso8601))
            perform(work.effects)
            guard let write = work.write else { return finish(key) }
            do throws(KubernetesError) {
                let answer = try await api.write(write)
                metrics.wrote()
                note(write, answer)
                perform(state.completed(key, write, answer, at: .now))
                return finish(key)
            } catch {
                metrics.failed()
                guard error.code == .conflict, case .service(let service) = key, attempt < Self.attempts else {
                    return fail(key, error)
                }
                do throws(KubernetesError) {
                    state.reread(try await api.service(service))
                } catch {
                    return fail(key, error)
                }
            }
        }
        finish(key)
    }

    private func finish(_ key: WorkKey) {
        queue.finish(key)
        ended()
    }

    private func fail(_ key: WorkKey, _ error: KubernetesError) {
        if error.code == .notFound, case .service = key {
            // It is gone; the watch says so, or has said so.
            return finish(key)
        }
        var random = SystemRandomNumberGenerator()
        queue.fail(key, at: .now, retryAfter: error.retryAfter, using: &random)
        if error.code != .cancelled, queue.failures(of: key) == 1 {
            logger.warning(
                "write failed, it is tried again", metadata: ["about": "\(key)", "error": "\(error)"])
        }
        ended()
    }

    private func ended() {
        running -= 1
        queue.add(.metrics, at: .now + .seconds(1))
        signal.yield()
    }

    private func perform(_ effects: [ControllerEffect]) {
        for effect in effects {
            switch effect {
            case .enqueue(let key): queue.add(key)
            case .enqueueAfter(let key, let delay): queue.add(key, at: .now + delay)
            case .forget(let key): queue.forget(key)
            case .report(let report):
                api.report(report)
                logger.info(
                    "event",
                    metadata: [
                        "object": "\(report.regarding.kind) \(report.regarding.namespace)/\(report.regarding.name)",
                        "reason": "\(report.reason)", "message": "\(report.message)",
                    ])
            }
        }
        if !effects.isEmpty { signal.yield() }
    }

    private func note(_ write: ControllerWrite, _ answer: WriteAnswer) {
        switch write {
        case .serviceStatus(let key, _): logger.debug("status written", metadata: ["service": "\(key)"])
        case .resources(let writes):
            logger.notice("resources of the legacy configuration written", metadata: ["count": "\(writes.count)"])
        case .configurationState(let object):
            logger.notice("configuration read", metadata: ["result": "\(object.status.result ?? "")"])
        case .helloKey(let key):
            if case .alreadyThere = answer { return }
            logger.notice("the speakers' key was made", metadata: ["secret": "\(key)"])
        case .poolStatus: break
        }
    }
}
