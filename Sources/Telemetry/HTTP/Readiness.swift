import Synchronization

/// Whether the process does its work yet, for `/readyz`: a set of named conditions, each met or with the reason why
/// not. Modules that own a condition set it; ready is when all are met.
package final class Readiness: Sendable {
    /// The reason of each condition that is not met; nil where it is.
    private let conditions: Mutex<[String: String?]>

    /// Starts with conditions that are not met, so that nothing is ready before it has said so.
    package init(waitingFor names: String...) {
        conditions = Mutex(Dictionary(names.map { ($0, "not yet") }, uniquingKeysWith: { first, _ in first }))
    }

    /// The condition is met.
    package func meet(_ name: String) {
        conditions.withLock { $0[name] = .some(nil) }
    }

    /// The condition is not met, or no longer.
    package func miss(_ name: String, because reason: String) {
        conditions.withLock { $0[name] = .some(reason) }
    }

    package var isReady: Bool { reasons.isEmpty }

    /// The conditions that are not met, by name.
    package var reasons: [(name: String, reason: String)] {
        conditions.withLock { conditions in
            conditions.compactMap { name, reason in reason.map { (name: name, reason: $0) } }
        }.sorted { $0.name < $1.name }
    }
}
