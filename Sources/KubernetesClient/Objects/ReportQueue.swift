package import Logging

/// Brings objects that report something to what is so. Level-triggered: whoever has news adds the key, what is written is
/// looked up at the time of writing, and while the API cannot be reached nobody waits.
package final class ReportQueue<Key: Sendable & CustomStringConvertible>: Sendable {
    private let what: String
    private let logger: Logger
    private let keys: AsyncStream<Key>
    private let queue: AsyncStream<Key>.Continuation

    /// - Parameter what: what is written, for the log: `a status`.
    package init(of what: String, logger: Logger) {
        self.what = what
        self.logger = logger
        // One waiting key stands for all changes, so the newest are enough.
        (keys, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100_000))
    }

    /// Something about the key has changed.
    package func add(_ key: Key) { queue.yield(key) }

    /// Writes until the task is cancelled, one key after the other.
    /// - Parameter write: brings the object of a key to what is so now.
    package func run(
        backoff: Backoff = Backoff(), _ write: (Key) async throws(KubernetesError) -> Void
    ) async {
        var backoff = backoff
        var random = SystemRandomNumberGenerator()
        for await key in keys {
            do throws(KubernetesError) {
                try await write(key)
                backoff.succeed()
            } catch {
                let isForbidden = error.code == .forbidden
                guard error.isTransient || isForbidden else {
                    // Where nothing is, nobody misses a report: the kind or the namespace went, or goes right now.
                    logger.log(
                        level: error.code == .notFound ? .debug : .error, "cannot write \(what)",
                        metadata: ["about": "\(key)", "error": "\(error)"])
                    continue
                }
                // A YurtHub without a cloud forbids every deletion, so what is forbidden is tried again too.
                logger.log(
                    level: isForbidden && backoff.failures == 0 ? .error : .debug, "cannot write \(what) yet",
                    metadata: ["about": "\(key)", "error": "\(error)"])
                // The newest state is written after the pause; cancellation ends both.
                try? await Task.sleep(for: backoff.fail(retryAfter: error.retryAfter, using: &random))
                queue.yield(key)
            }
        }
    }
}
