package import KubernetesClient
package import KubernetesObjects

/// A controller from what it hears to what it writes: the state with its queue and the rules of trying again, without
/// clock, client or logger.
///
/// A worker takes a key with `next`, begins with `begin`, does what each step says and tells what came of it, until a
/// step says `end`. Any number of keys may be under way at the same time.
package struct ControllerSession: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// What a worker is to do next.
    package enum Action: Sendable, Hashable {
        case write(ControllerWrite)
        /// Read the Service anew, past every cache: somebody else has changed it.
        case read(ObjectKey)
        /// The key's work is over.
        case end
    }

    /// One step of a key's work.
    package struct Step: Sendable {
        package var action: Action
        /// To be told at once.
        package var reports: [EventReport] = []
        /// The error of the first of several attempts in a row, worth a line in the log.
        package var complaint: KubernetesError?
    }

    /// How often a write that conflicts is made again at once, with the object as it is now.
    private static let attempts = 5
    /// The least time between two looks at the gauges.
    private static let metricsInterval: Duration = .seconds(1)

    package private(set) var state: ControllerState
    private var queue = WorkQueue<WorkKey>()
    /// How many writes of a key have been made in a row, for keys under way.
    private var writes: [WorkKey: Int] = [:]

    package init(_ settings: ControllerSettings) { state = ControllerState(settings) }

    /// Keys that wait or are worked on.
    package var depth: Int { queue.depth }

    /// Keys whose last attempt failed.
    package var failing: Int { queue.failing }

    /// When a delayed key is due next.
    package var nextDeadline: Instant? { queue.nextDeadline }

    /// What there is to do before anything is known. The result is to be told.
    package mutating func start(at now: Instant) -> [EventReport] { perform(state.begin(), at: now) }

    /// Takes in what the API tells. The result is to be told.
    package mutating func receive(_ event: ControllerEvent, at now: Instant) -> [EventReport] {
        perform(state.handle(event, at: now), at: now)
    }

    /// The next key to work on.
    package mutating func next(at now: Instant) -> WorkKey? { queue.next(at: now) }

    /// Begins the work on a key.
    /// - Parameter timestamp: now, RFC 3339.
    package mutating func begin(_ key: WorkKey, at now: Instant, timestamp: String) -> Step {
        let work = state.work(key, at: now, timestamp: timestamp)
        let reports = perform(work.effects, at: now)
        guard let write = work.write else { return end(key, reports, at: now) }
        writes[key, default: 0] += 1
        return Step(action: .write(write), reports: reports)
    }

    /// A write was taken.
    package mutating func written(
        _ key: WorkKey, _ write: ControllerWrite, _ answer: WriteAnswer, at now: Instant
    ) -> Step {
        end(key, perform(state.completed(key, write, answer, at: now), at: now), at: now)
    }

    /// A write or a read came to nothing.
    package mutating func failed(
        _ key: WorkKey, _ error: KubernetesError, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> Step {
        if error.code == .conflict, case .service(let service) = key, writes[key, default: 0] < Self.attempts {
            return Step(action: .read(service))
        }
        // It is gone; the watch says so, or has said so.
        if error.code == .notFound, key.isOfHolder { return end(key, [], at: now) }
        writes[key] = nil
        queue.fail(key, at: now, retryAfter: error.retryAfter, using: &random)
        remeasure(after: key, at: now)
        let isNews = error.code != .cancelled && queue.failures(of: key) == 1
        return Step(action: .end, complaint: isNews ? error : nil)
    }

    /// A Service was read after its write had met another one: the work begins anew.
    package mutating func reread(_ key: WorkKey, _ service: Service, at now: Instant, timestamp: String) -> Step {
        state.take(service)
        return begin(key, at: now, timestamp: timestamp)
    }

    private mutating func end(_ key: WorkKey, _ reports: [EventReport], at now: Instant) -> Step {
        writes[key] = nil
        queue.finish(key)
        remeasure(after: key, at: now)
        return Step(action: .end, reports: reports)
    }

    private mutating func remeasure(after key: WorkKey, at now: Instant) {
        if key != .metrics { queue.add(.metrics, at: now + Self.metricsInterval) }
    }

    /// Carries out what concerns the queue, and gives what is to be told.
    private mutating func perform(_ effects: [ControllerEffect], at now: Instant) -> [EventReport] {
        var reports: [EventReport] = []
        for effect in effects {
            switch effect {
            case .enqueue(let key): queue.add(key)
            case .enqueueAfter(let key, let delay): queue.add(key, at: now + delay)
            case .forget(let key): queue.forget(key)
            case .report(let report): reports.append(report)
            }
        }
        return reports
    }
}
