/// Decides how to follow the objects of one kind: list, then watch from the list's version, again from where the watch
/// ended, and list again only when that cannot work.
///
/// The rules are those of Kubernetes' own clients ("Efficient detection of changes" in the API concepts; client-go's
/// Reflector), with these differences, each for an edge that is cut off for hours: only a complete list replaces what is
/// known, and a 404, an empty answer or an empty version is never taken for one; a watch that broke goes on from its
/// version without a list; a list that expired in the middle begins again instead of going on inconsistently.
package struct ReflectorSession: Sendable {
    package typealias Instant = ContinuousClock.Instant

    /// What is under way or waited for.
    enum State {
        case idle
        case listing(Listing)
        case watching(Watching)
        case waiting(until: Instant, Step)
    }

    enum Step {
        case list(Listing)
        case watch
    }

    /// A list that is being read.
    struct Listing {
        var request: ListRequest
        /// That of the first page. Later pages have the same; where a proxy gives them another, a watch from the first
        /// one tells whatever changed in between once more.
        var firstVersion: String?
        /// The objects of the pages that arrived.
        var objects = 0
        /// How often it expired on the way.
        var expiries = 0
        var failures = 0
    }

    struct Watching {
        var openedAt: Instant?
        var hasToldAnything = false
    }

    let policy: ReflectorPolicy
    var state = State.idle
    var backoff: Backoff
    var absence: Backoff
    /// Everything up to here has been told; nil before the first list.
    var version: String?
    /// When the last list was complete.
    private var listedAt: Instant?
    private var silentWatches = 0
    var reported: ConnectionState?
    /// True if there were objects when the kind was last told whole, or came since.
    private var knowsObjects: Bool
    /// Since when lists are empty that should not be.
    private var emptySince: Instant?

    package init(policy: ReflectorPolicy) {
        self.policy = policy
        backoff = policy.backoff
        absence = policy.absence ?? policy.backoff
        knowsObjects = policy.knowsObjects
    }

    /// When to call `handle(.deadlineReached)`; nil while an answer is waited for.
    package var nextDeadline: Instant? {
        if case .waiting(let until, _) = state { until } else { nil }
    }

    /// True while the next attempt waits because the server does not have the kind.
    package var isAbsent: Bool {
        if case .waiting(_, .list) = state, case .absent? = reported { true } else { false }
    }

    /// Takes in what happened and says what to do, in this order. At most one list or watch is under way.
    package mutating func handle(
        _ event: ReflectorSessionEvent, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [ReflectorSessionEffect] {
        switch (state, event) {
        case (.idle, .started):
            return begin(.list(newListing(.start)), using: &random)
        case (.listing(var listing), .pageArrived(let version, let token, let objects)):
            listing.objects += objects
            return pageArrived(listing, version: version, token: token, at: now, using: &random)
        case (.listing(let listing), .listFailed(let error)):
            return listFailed(listing, error, at: now, using: &random)
        case (.watching(var watching), .watchOpened):
            watching.openedAt = now
            state = .watching(watching)
            return report(.connected)
        case (.watching(let watching), .versionSeen(let seen)):
            return seeVersion(seen, watching)
        case (.watching(let watching), .objectSeen(let seen)):
            knowsObjects = true
            return seeVersion(seen, watching)
        case (.watching(let watching), .watchClosed):
            return watchClosed(watching, at: now, using: &random)
        case (.watching(let watching), .watchFailed(let error)):
            return watchFailed(watching, error, at: now, using: &random)
        case (.waiting(let until, let step), .deadlineReached):
            return now >= until ? begin(step, using: &random) : []
        case (.waiting(_, .list(let listing)), .definitionEstablished) where isAbsent:
            absence.succeed()
            return begin(.list(listing), using: &random)
        default:
            // The shell tells only what it was asked to do; anything else is late and means nothing.
            return []
        }
    }
}

// MARK: - Lists

extension ReflectorSession {
    private mutating func pageArrived(
        _ listing: Listing, version pageVersion: String, token: String?, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [ReflectorSessionEffect] {
        var listing = listing
        let first = listing.firstVersion ?? pageVersion
        listing.firstVersion = first
        listing.failures = 0
        if let token {
            listing.request.continueToken = token
            return begin(.list(listing), using: &random)
        }
        // A proxy without a cloud makes such a list up from an empty cache: it says nothing about what exists.
        guard !first.isEmpty, first != "0" else {
            let error = KubernetesError(.badAnswer, "the list has no resource version")
            return [.dropPages] + retry(.list(newListing(listing.request.reason)), error, at: now, using: &random)
        }
        guard isCredible(listing, at: now) else {
            let error = KubernetesError(.badAnswer, "the list is empty, and objects were known; it is made again")
            return [.dropPages] + retry(.list(newListing(.emptiness)), error, at: now, using: &random)
        }
        version = first
        absence.succeed()
        listedAt = now
        silentWatches = 0
        return [.deliverPages(resourceVersion: first)] + report(.connected) + begin(.watch, using: &random)
    }

    /// False for a list that is empty all of a sudden.
    private mutating func isCredible(_ listing: Listing, at now: Instant) -> Bool {
        if let doubt = policy.emptyDoubt, listing.objects == 0, knowsObjects {
            let since = emptySince ?? now
            emptySince = since
            if now - since < doubt { return false }
        }
        emptySince = nil
        knowsObjects = listing.objects > 0
        return true
    }

    private mutating func listFailed(
        _ listing: Listing, _ error: KubernetesError, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [ReflectorSessionEffect] {
        var listing = listing
        let isContinued = listing.request.continueToken != nil
        switch error.code {
        case .gone,
            .rejected where isContinued:
            // The token that the server offers for the rest would mix two states: objects that changed or went in
            // between would be missed for good, because a watch from the first state is what just expired.
            let expiries = listing.expiries + 1
            listing = newListing(.expired)
            listing.expiries = expiries
            // A list that twice took longer than the server remembers is asked for in one answer.
            if expiries > 1 { listing.request.limit = nil }
            listing.request.resourceVersion = nil
            if expiries == 1 { return [.dropPages] + begin(.list(listing), using: &random) }
            return [.dropPages] + retry(.list(listing), error, at: now, using: &random)
        case .notFound:
            return [.dropPages] + retry(.list(newListing(.absence)), error, at: now, using: &random)
        default:
            if error.isVersionTooLarge {
                listing = newListing(.versionUnknown)
                listing.request.resourceVersion = nil
                return [.dropPages] + retry(.list(listing), error, at: now, using: &random)
            }
            listing.failures += 1
            guard isContinued, listing.failures >= policy.pageFailures else {
                return retry(.list(listing), error, at: now, using: &random)
            }
            return [.dropPages] + retry(.list(newListing(listing.request.reason)), error, at: now, using: &random)
        }
    }

    /// A list from the beginning.
    private func newListing(_ reason: ListRequest.Reason) -> Listing {
        switch policy.paging {
        case .pages(let limit):
            return Listing(request: ListRequest(reason: reason, limit: limit))
        case .whole:
            // Not older than what is known already, or time would run backwards when another server answers.
            let isVersionUseless =
                reason == .expired || reason == .versionUnknown || reason == .silence || reason == .emptiness
            let floor = isVersionUseless ? nil : version ?? "0"
            return Listing(request: ListRequest(reason: reason, resourceVersion: floor))
        }
    }
}

// MARK: - Watches

extension ReflectorSession {
    private mutating func seeVersion(_ seen: String, _ watching: Watching) -> [ReflectorSessionEffect] {
        var watching = watching
        watching.hasToldAnything = true
        state = .watching(watching)
        if !seen.isEmpty { version = seen }
        silentWatches = 0
        backoff.succeed()
        return []
    }

    private mutating func watchClosed(
        _ watching: Watching, at now: Instant, using random: inout some RandomNumberGenerator
    ) -> [ReflectorSessionEffect] {
        guard !hasLasted(watching, at: now) else { return begin(.watch, using: &random) }
        // A server that ends watches at once is not offline, but it is not to be asked a thousand times a second.
        state = .waiting(until: now + backoff.fail(using: &random), .watch)
        return []
    }

    private mutating func watchFailed(
        _ watching: Watching, _ error: KubernetesError, at now: Instant,
        using random: inout some RandomNumberGenerator
    ) -> [ReflectorSessionEffect] {
        switch error.code {
        case .gone:
            let listing = newListing(.expired)
            // A server that forgets a list's version within seconds is given a rest; any other gets the list at once.
            guard let listedAt, now - listedAt < policy.steadyAfter else {
                return begin(.list(listing), using: &random)
            }
            state = .waiting(until: now + backoff.fail(using: &random), .list(listing))
            return []
        case .notFound:
            return retry(.list(newListing(.absence)), error, at: now, using: &random)
        case .timeout where watching.openedAt != nil:
            return watchWasSilent(watching, using: &random)
        case .unreachable where hasLasted(watching, at: now) || watching.hasToldAnything:
            // The connection broke, as it does when a server of several is restarted: the next one tells more.
            return watchClosed(watching, at: now, using: &random)
        case .timeout, .unreachable, .unauthorized, .forbidden, .tooManyRequests, .cancelled,
            .serverError(status: 502), .serverError(status: 503):
            return retry(.watch, error, at: now, using: &random)
        case .conflict, .alreadyExists, .invalid, .serverError, .rejected, .badAnswer:
            return retry(.list(newListing(.watchFailed(error.code))), error, at: now, using: &random)
        }
    }

    /// Silence is normal behind a YurtHub without a cloud, and what a dead connection looks like: the watch is opened
    /// again from where it was.
    private mutating func watchWasSilent(
        _ watching: Watching, using random: inout some RandomNumberGenerator
    ) -> [ReflectorSessionEffect] {
        silentWatches = watching.hasToldAnything ? 0 : silentWatches + 1
        guard silentWatches >= policy.silentWatches else { return begin(.watch, using: &random) }
        silentWatches = 0
        return begin(.list(newListing(.silence)), using: &random)
    }

    /// True if the watch was open for so long that the next may follow at once; that also ends a row of failures.
    private mutating func hasLasted(_ watching: Watching, at now: Instant) -> Bool {
        guard let openedAt = watching.openedAt, now - openedAt >= policy.steadyAfter else { return false }
        backoff.succeed()
        return true
    }
}
