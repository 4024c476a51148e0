import KubernetesObjects

/// Decides who of several controllers works, by a Lease, as client-go does.
///
/// Clocks are never compared: a holder counts as gone when its lease has not changed for the lease's duration by the
/// observer's own clock. A leader that could not renew for shorter than that stops by itself, so that two never work at
/// the same time.
package struct LeaderElection: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// Times as client-go's defaults.
    package struct Settings: Sendable, Hashable {
        /// Unlike that of any other process, also of a former one in the same pod.
        package var identity: String
        /// For how long others take the holder's word. Whole seconds.
        package var leaseDuration: Duration = .seconds(15)
        /// A leader that could not renew for this long stops. Less than `leaseDuration`.
        package var renewDeadline: Duration = .seconds(10)
        /// Between two looks at the lease.
        package var retryPeriod: Duration = .seconds(2)

        package init(identity: String) { self.identity = identity }
    }

    /// What to do after a look at the lease.
    package enum Step: Sendable, Hashable {
        case create(Lease.Spec)
        /// Holds only if nobody else has changed the lease since it was read.
        case update(Lease.Spec)
        /// Somebody else leads.
        case wait
    }

    /// What is known of whoever holds the lease.
    private struct Observation: Sendable {
        var spec: Lease.Spec
        /// When the lease was first seen like this.
        var since: Instant
    }

    private let settings: Settings
    private var observation: Observation?
    /// When the lease was last known to be ours; nil while it is not.
    private var renewed: Instant?

    package init(_ settings: Settings) { self.settings = settings }

    /// True from the first write of the lease until it is lost.
    package var isLeading: Bool { renewed != nil }

    /// True if nobody else can have taken over yet. Also right after the process was frozen, before anything else runs.
    package func isLeading(at now: Instant) -> Bool { renewDeadline.map { now < $0 } ?? false }

    /// When a leader that does not renew in the meantime stops.
    package var renewDeadline: Instant? { renewed.map { $0 + settings.renewDeadline } }

    /// Who holds the lease, as far as is known.
    package var holder: String? { observation?.spec.holderIdentity.flatMap { $0.isEmpty ? nil : $0 } }

    /// Takes in the lease as it was read; nil if there is none.
    /// - Parameter timestamp: now, RFC 3339 with microseconds.
    package mutating func observed(_ spec: Lease.Spec?, at now: Instant, timestamp: String) -> Step {
        guard let spec else { return .create(claim(nil, timestamp)) }
        if observation?.spec != spec { observation = Observation(spec: spec, since: now) }
        if spec.holderIdentity == settings.identity { return .update(claim(spec, timestamp)) }
        // It was taken from us: another one has waited until our word had no more weight.
        renewed = nil
        guard let holder = spec.holderIdentity, !holder.isEmpty, let observation else {
            return .update(claim(spec, timestamp))
        }
        let duration = spec.leaseDurationSeconds.map { Duration.seconds($0) } ?? settings.leaseDuration
        return now - observation.since < duration ? .wait : .update(claim(spec, timestamp))
    }

    /// The write of a step was taken.
    /// - Parameter begun: when the lease was read for it, from when on others count.
    package mutating func wrote(_ spec: Lease.Spec, begunAt begun: Instant) {
        observation = Observation(spec: spec, since: begun)
        renewed = begun
    }

    /// True if a leader has to stop now, because others may take over soon.
    package mutating func hasLost(at now: Instant) -> Bool {
        guard let deadline = renewDeadline, now >= deadline else { return false }
        renewed = nil
        return true
    }

    /// What to write on the way out, so that nobody has to wait; nil for one that does not lead.
    package func release(timestamp: String) -> Lease.Spec? {
        guard isLeading, var spec = observation?.spec else { return nil }
        spec.holderIdentity = ""
        spec.leaseDurationSeconds = 1
        spec.renewTime = timestamp
        return spec
    }

    private func claim(_ previous: Lease.Spec?, _ timestamp: String) -> Lease.Spec {
        var spec = previous ?? Lease.Spec()
        if spec.holderIdentity != settings.identity {
            spec.acquireTime = timestamp
            spec.leaseTransitions = previous.map { ($0.leaseTransitions ?? 0) + 1 } ?? 0
        }
        spec.holderIdentity = settings.identity
        spec.leaseDurationSeconds = Int(settings.leaseDuration.components.seconds)
        spec.renewTime = timestamp
        return spec
    }
}
