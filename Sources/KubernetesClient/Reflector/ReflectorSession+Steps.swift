// How a session goes from one step to the next.
extension ReflectorSession {
    mutating func begin(
        _ step: Step, using random: inout some RandomNumberGenerator
    ) -> [ReflectorSessionEffect] {
        switch step {
        case .list(let listing):
            state = .listing(listing)
            return [.list(listing.request)]
        case .watch:
            state = .watching(Watching())
            let timeout = policy.watchTimeout(using: &random)
            return [.watch(WatchRequest(resourceVersion: version ?? "0", timeout: timeout))]
        }
    }

    /// Waits before the step, and says why nothing new is known until then.
    mutating func retry(
        _ step: Step, _ error: KubernetesError, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [ReflectorSessionEffect] {
        let delay =
            error.code == .notFound
            ? absence.fail(retryAfter: error.retryAfter, using: &random)
            : backoff.fail(retryAfter: error.retryAfter, using: &random)
        state = .waiting(until: now + delay, step)
        return report(error.code == .notFound ? .absent : .offline(error))
    }

    mutating func report(_ new: ConnectionState) -> [ReflectorSessionEffect] {
        if let reported, reported.isSame(as: new) { return [] }
        reported = new
        return [.report(new)]
    }
}
