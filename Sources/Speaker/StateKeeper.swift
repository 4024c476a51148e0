package import Logging
import Metrics
package import NIOPosix
package import StateStore
import Synchronization

/// Writes down what a speaker knows, so that the next process can start without an API server: what changed, at most once
/// a second, and less often on a disk that is slow. A disk that takes nothing is reported and tried again; nothing else
/// waits for it.
package actor StateKeeper {
    /// Gives the present value of a part.
    package typealias Source = @Sendable (StateStore.Part) async -> any Encodable & Sendable

    private static let pause: Duration = .seconds(1)
    private static let pauseAfterFailure: Duration = .seconds(30)

    private let store: StateStore
    private let threads: NIOThreadPool
    private let logger: Logger
    private nonisolated let due = Mutex<Set<StateStore.Part>>([])
    private nonisolated let changes: AsyncStream<Void>
    private nonisolated let wake: AsyncStream<Void>.Continuation
    private nonisolated let failing = Mutex(false)

    /// - Parameter threads: threads that may wait for a disk.
    package init(store: StateStore, threads: NIOThreadPool = .singleton, logger: Logger) {
        self.store = store
        self.threads = threads
        self.logger = logger
        (changes, wake) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// True if the last attempt to write failed.
    nonisolated var isFailing: Bool { failing.withLock { $0 } }

    /// What an earlier process wrote down.
    package func load() async -> SpeakerMemory {
        let (store, logger) = (store, logger)
        do { return try await threads.runIfActive { SpeakerMemory(loading: store, logger: logger) } } catch {
            // The pool is shut down, and the process with it.
            return SpeakerMemory()
        }
    }

    /// A part is not what was written down any more.
    package nonisolated func note(_ part: StateStore.Part) {
        due.withLock { _ = $0.insert(part) }
        wake.yield()
    }

    /// Writes until the task is cancelled.
    package func run(_ source: Source) async {
        for await _ in changes {
            let start = ContinuousClock.now
            await saveDue(source)
            let pause = isFailing ? Self.pauseAfterFailure : Self.pause
            // An error here means that the task was cancelled, which ends the stream.
            try? await Task.sleep(for: max(pause, (ContinuousClock.now - start) * 10))
        }
    }

    /// Writes now what is not written yet.
    package func saveDue(_ source: Source) async {
        let parts = due.withLock { due in
            defer { due = [] }
            return due.sorted()
        }
        for part in parts {
            let value = await source(part)
            do {
                let store = store
                try await threads.runIfActive { try store.save(value, as: part) }
                note(nil)
            } catch {
                note(part)
                note(error as? StateError)
            }
        }
    }

    private func note(_ new: StateError?) {
        Gauge(label: "toono_state_writable").record(new == nil ? 1 : 0)
        let wasFailing = isFailing
        failing.withLock { $0 = new != nil }
        switch (wasFailing, new) {
        case (false, .some(let error)):
            logger.error(
                "the state cannot be written down; a restart without the API server will not know it",
                metadata: ["error": "\(error)"])
        case (true, nil): logger.notice("the state is written down again")
        default: break
        }
    }
}
