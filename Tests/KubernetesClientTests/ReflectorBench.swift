import Testing

@testable import KubernetesClient

/// A session, its clock and what it last said, so that a test reads one event a line.
struct ReflectorBench {
    var session: ReflectorSession
    var now = ContinuousClock.now
    var random = HighestRandom()

    init(_ policy: ReflectorPolicy = ReflectorPolicy()) { session = ReflectorSession(policy: policy) }

    mutating func after(_ event: ReflectorSessionEvent) -> [String] { after(.zero, event) }

    mutating func after(_ time: Duration, _ event: ReflectorSessionEvent) -> [String] {
        now += time
        return session.handle(event, at: now, using: &random).map(describe)
    }

    /// The wait until the next try, milliseconds.
    var wait: Int? {
        session.nextDeadline.map { deadline in
            let (seconds, attoseconds) = (deadline - now).components
            return Int(seconds * 1000 + attoseconds / 1_000_000_000_000_000)
        }
    }

    /// Lets the wait pass.
    mutating func wake() -> [String] { after(session.nextDeadline.map { $0 - now } ?? .zero, .deadlineReached) }

    /// Listed at version 10 and watching since.
    mutating func listAndWatch() {
        _ = after(.started)
        _ = after(.pageArrived(resourceVersion: "10", continueToken: nil, objects: 1))
        _ = after(.watchOpened)
    }

    private func describe(_ effect: ReflectorSessionEffect) -> String {
        switch effect {
        case .list(let request):
            let parts = [
                "list", request.limit.map { "limit=\($0)" }, request.continueToken.map { "continue=\($0)" },
                request.resourceVersion.map { "rv=\($0)" },
            ]
            return parts.compactMap(\.self).joined(separator: " ")
        case .watch(let request): return "watch \(request.resourceVersion)"
        case .dropPages: return "drop"
        case .deliverPages(let version): return "deliver \(version)"
        case .report(.connected): return "connected"
        case .report(.offline(let error)): return "offline \(error.code)"
        case .report(.absent): return "absent"
        }
    }
}

func failure(_ code: KubernetesError.Code, retryAfter: Duration? = nil) -> KubernetesError {
    KubernetesError(code, "", retryAfter: retryAfter)
}
