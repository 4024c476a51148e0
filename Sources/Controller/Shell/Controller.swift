import FoundationEssentials
import KubernetesClient
import KubernetesObjects
package import Logging
package import Telemetry

/// Performs what `ControllerSession` decides: feeds it with what the API tells, works the queue with a few workers, and
/// writes. It holds no policy.
package actor Controller {
    private var session: ControllerSession
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
    private var hasTrimmed = false

    /// The condition that the controller sets.
    package static let readinessCondition = "listed"

    /// - Parameter readiness: told once every kind has been listed and work begins; before, what is missing.
    package init(
        settings: ControllerSettings, api: any ControllerAPI, readiness: Readiness = Readiness(), logger: Logger
    ) {
        self.settings = settings
        self.api = api
        self.logger = logger
        self.readiness = readiness
        session = ControllerSession(settings)
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// Takes in what the API tells.
    package func receive(_ event: ControllerEvent) {
        tell(session.receive(event, at: .now))
        signal.yield()
        if hasStarted { return }
        guard session.state.isStarted else {
            let missing = session.state.missingKinds.map { kind, reason in reason.map { "\(kind) (\($0))" } ?? kind }
            return readiness.miss(
                Self.readinessCondition, because: "not listed yet: \(missing.joined(separator: ", "))")
        }
        hasStarted = true
        readiness.meet(Self.readinessCondition)
        logger.notice(
            "every kind is listed, work begins", metadata: ["services": "\(session.state.serviceCount)"])
    }

    /// What the controller knows, for people.
    package var snapshot: ControllerSnapshot {
        var snapshot = session.state.snapshot
        snapshot.queue = session.depth
        snapshot.failing = session.failing
        return snapshot
    }

    /// Works the queue until the task is cancelled.
    package func run() async {
        tell(session.start(at: .now))
        await withDiscardingTaskGroup { group in
            signal.yield()
            for await _ in signals {
                dispatch(in: &group)
                if Task.isCancelled { break }
            }
        }
    }

    private func dispatch(in group: inout DiscardingTaskGroup) {
        while running < settings.workers, let key = session.next(at: .now) {
            running += 1
            group.addTask { await self.work(key) }
        }
        if hasStarted, !hasTrimmed, running == 0 {
            hasTrimmed = true
            ProcessMemory.trim()
        }
        if let deadline = session.nextDeadline, timer.map({ deadline < $0 }) ?? true {
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
        if key == .metrics { metrics.update(session.state, depth: session.depth, failing: session.failing) }
        let start = ContinuousClock.now
        var step = session.begin(key, at: .now, timestamp: Self.timestamp)
        while true {
            tell(step.reports)
            if let error = step.complaint {
                logger.warning(
                    "write failed, it is tried again", metadata: ["about": "\(key)", "error": "\(error)"])
            }
            switch step.action {
            case .write(let write): step = await perform(write, for: key)
            case .read(let service): step = await reread(service, for: key)
            case .end:
                metrics.reconciled(in: .now - start)
                running -= 1
                signal.yield()
                return
            }
        }
    }

    private func perform(_ write: ControllerWrite, for key: WorkKey) async -> ControllerSession.Step {
        do throws(KubernetesError) {
            let answer = try await api.write(write)
            note(write, answer)
            return session.written(key, write, answer, at: .now)
        } catch {
            metrics.failed()
            return fail(key, error)
        }
    }

    private func reread(_ service: ObjectKey, for key: WorkKey) async -> ControllerSession.Step {
        do throws(KubernetesError) {
            return session.reread(key, try await api.service(service), at: .now, timestamp: Self.timestamp)
        } catch {
            return fail(key, error)
        }
    }

    private func fail(_ key: WorkKey, _ error: KubernetesError) -> ControllerSession.Step {
        var random = SystemRandomNumberGenerator()
        return session.failed(key, error, at: .now, using: &random)
    }

    private static var timestamp: String { Date.now.formatted(.iso8601) }

    private func tell(_ reports: [EventReport]) {
        for report in reports {
            api.report(report)
            logger.info(
                "event",
                metadata: [
                    "object": "\(report.regarding.kind) \(report.regarding.namespace)/\(report.regarding.name)",
                    "reason": "\(report.reason)", "message": "\(report.message)",
                ])
        }
    }

    private func note(_ write: ControllerWrite, _ answer: WriteAnswer) {
        switch write {
        case .serviceStatus(let key, _): logger.debug("status written", metadata: ["service": "\(key)"])
        case .poolServiceStatus(let key, _): logger.debug("status written", metadata: ["poolService": "\(key)"])
        case .poolServiceFinalizers(let key, _):
            logger.debug("finalizers written", metadata: ["poolService": "\(key)"])
        case .resources(let writes):
            logger.notice(
                "resources that a ConfigMap or NodePools stand for written", metadata: ["count": "\(writes.count)"])
        case .configurationState(let object):
            logger.notice("configuration read", metadata: ["result": "\(object.status.result ?? "")"])
        case .helloKey(let key):
            if case .alreadyThere = answer { return }
            logger.notice("the speakers' key was made", metadata: ["secret": "\(key)"])
        case .poolStatus: break
        }
    }
}
