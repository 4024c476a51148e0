/// Damps a peer that goes up and down (RFC 4271 8.1.1, DampPeerOscillations): after each failure the next attempt
/// waits longer.
struct IdleHold: Sendable, Hashable {
    /// Failures since the session was last stable.
    private(set) var failures = 0

    /// A session that has been up this long is stable. Being established alone proves nothing: a peer that rejects
    /// what it is told comes up each time.
    static let stableAfter: Duration = .seconds(60)
    private static let longest = 120

    /// Counts a failure.
    mutating func fail() { failures += 1 }

    /// Forgets all failures.
    mutating func settle() { failures = 0 }

    /// A random time to wait of at most 1, 2, 4 … 120 seconds.
    func delay(using random: inout some RandomNumberGenerator) -> Duration {
        guard failures > 0 else { return .zero }
        let limit = min(1 << min(failures - 1, 7), Self.longest)
        return .seconds(limit) * Double.random(in: 0...1, using: &random)
    }
}
