import Synchronization

/// Whether the process should go on living, for `/healthz`. Without a check the answer is yes: that it answered is
/// proof enough. A check is for what only a restart can mend.
package final class Liveness: Sendable {
    private let checks = Mutex<[String: @Sendable () -> String?]>([:])

    package init() {}

    /// Adds or replaces a check. It must return at once: nil for well, else the reason.
    package func check(_ name: String, _ check: @escaping @Sendable () -> String?) {
        checks.withLock { $0[name] = check }
    }

    /// The checks that fail, by name.
    package var reasons: [(name: String, reason: String)] {
        let checks = checks.withLock { $0 }
        return checks.compactMap { name, check in check().map { (name: name, reason: $0) } }
            .sorted { $0.name < $1.name }
    }
}
