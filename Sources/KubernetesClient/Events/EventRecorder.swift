import FoundationEssentials
package import KubernetesObjects
package import Logging

/// Writes events: what a user sees with `kubectl describe`. Nothing waits for it and nothing depends on it; when the
/// API cannot be reached a bounded number of events is kept, and the newest beyond it are lost.
///
/// Runs as a part of its owner: `emit` may be called from anywhere, `run` performs.
package final class EventRecorder: Sendable {
    private struct Submission: Sendable {
        var report: EventReport
        var time: Date
    }

    private let client: KubernetesClient
    private let source: EventObject.Source
    private let backoff: Backoff
    private let logger: Logger
    private let submissions: AsyncStream<Submission>
    private let intake: AsyncStream<Submission>.Continuation

    /// - Parameters:
    ///   - component: the writer's name, such as `toono-controller`.
    ///   - host: the writer's node, for one that runs on many.
    ///   - capacity: events that may wait.
    package init(
        client: KubernetesClient, component: String, host: String? = nil, capacity: Int = 512,
        backoff: Backoff = Backoff(), logger: Logger
    ) {
        self.client = client
        self.backoff = backoff
        self.logger = logger
        source = EventObject.Source(component: component, host: host)
        (submissions, intake) = AsyncStream.makeStream(bufferingPolicy: .bufferingOldest(capacity))
    }

    /// Takes in an event and returns at once.
    package func emit(_ level: EventReport.Level, reason: String, message: String, regarding: ObjectReference) {
        let report = EventReport(level: level, reason: reason, message: message, regarding: regarding)
        if case .dropped = intake.yield(Submission(report: report, time: .now)) {
            logger.debug("event dropped: too many wait", metadata: ["reason": "\(reason)"])
        }
    }

    /// Writes one event, at once and without further attempts: the last word of a process. A process that is started again
    /// and again has one event of a name, which says when it was told last.
    package func leave(
        _ level: EventReport.Level, reason: String, message: String, regarding: ObjectReference
    ) async {
        let report = EventReport(level: level, reason: reason, message: message, regarding: regarding)
        let event = EventObject(
            report, name: "\(regarding.name).\(source.component).\(reason.lowercased())", source: source, time: .now)
        do throws(KubernetesError) {
            do throws(KubernetesError) {
                try await client.post(event, at: EventObject.path)
            } catch {
                guard error.code == .alreadyExists else { throw error }
                _ = try await client.patch(
                    JSONValue.self, at: EventObject.path,
                    ObjectKey(namespace: event.metadata.namespace, name: event.metadata.name), .merge,
                    ["lastTimestamp": .string(EventObject.timestamp(.now)), "message": .string(event.message ?? "")])
            }
        } catch {
            logger.debug("event not written", metadata: ["error": "\(error)"])
        }
    }

    /// Writes what `emit` takes in, one after the other, until the task is cancelled. Call it once.
    @concurrent
    package func run() async {
        var journal = EventJournal()
        for await submission in submissions {
            switch journal.decide(submission.report, at: .now) {
            case .create:
                await create(submission, in: &journal)
            case .countUp(let name, let count):
                await countUp(submission, name: name, count: count, in: &journal)
            case .drop:
                logger.debug(
                    "event dropped: the object had its share",
                    metadata: [
                        "reason": "\(submission.report.reason)", "object": "\(submission.report.regarding.name)",
                    ])
            }
        }
    }

    private func create(_ submission: Submission, in journal: inout EventJournal) async {
        let name = EventObject.name(for: submission.report, time: submission.time)
        let event = EventObject(submission.report, name: name, source: source, time: submission.time)
        let error = await persistently { () throws(KubernetesError) in
            // The answer does not matter, so that one which does not decode is no reason to write again.
            try await self.client.post(event, at: EventObject.path)
        }
        // A repeated attempt can find what the first one wrote before its answer was lost.
        guard error == nil || error?.code == .alreadyExists else { return }
        journal.created(submission.report, name: name, at: .now)
    }

    private func countUp(
        _ submission: Submission, name: String, count: Int, in journal: inout EventJournal
    ) async {
        let reference = submission.report.regarding
        let key = ObjectKey(namespace: reference.namespace.isEmpty ? "default" : reference.namespace, name: name)
        let patch: JSONValue = [
            "count": .int(Int64(count)), "lastTimestamp": .string(EventObject.timestamp(submission.time)),
        ]
        let error = await persistently { () throws(KubernetesError) in
            try await self.client.patch(JSONValue.self, at: EventObject.path, key, .merge, patch)
        }
        guard error?.code == .notFound else { return }
        journal.vanished(submission.report)
        await create(submission, in: &journal)
    }

    /// Tries until it works, fails for good, or has failed ten times in a row; gives the last error.
    private func persistently(
        _ attempt: () async throws(KubernetesError) -> some Sendable
    ) async -> KubernetesError? {
        var backoff = backoff
        var random = SystemRandomNumberGenerator()
        while true {
            do throws(KubernetesError) {
                _ = try await attempt()
                return nil
            } catch {
                let delay = backoff.fail(retryAfter: error.retryAfter, using: &random)
                guard error.isTransient, backoff.failures < 10, !Task.isCancelled else {
                    logger.debug("event not written", metadata: ["error": "\(error)"])
                    return error
                }
                // An error here means that the task was cancelled; the next attempt ends at once.
                try? await Task.sleep(for: delay)
            }
        }
    }
}
