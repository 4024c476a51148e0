/// How a list is asked for.
package enum ListPaging: Sendable, Hashable {
    /// Page by page, of one consistent state read from etcd: gentle on a server with many objects.
    case pages(of: Int)
    /// In one answer from the server's memory (`resourceVersion=0`), as kube-proxy asks. Needed behind YurtHub, whose
    /// disk cache is replaced by every answer to a list: of a list in pages it keeps the last page only.
    case whole
}

/// The times and counts by which a reflector decides.
package struct ReflectorPolicy: Sendable, Hashable {
    /// For a kind that most clusters do not have, so that they are not asked for it all the time: its definition is watched,
    /// and where that cannot be, it is asked for less and less often, up to once in five minutes.
    package mutating func expectAbsence() {
        absence = Backoff(cap: .seconds(300))
        watchesDefinition = true
    }

    package var paging: ListPaging
    package var backoff = Backoff()
    /// When to ask again for a kind that the server does not have; nil as after any other failure.
    package var absence: Backoff?
    /// Whether the CustomResourceDefinition of a kind that the server does not have is watched.
    package var watchesDefinition = false
    /// The server is asked to end a watch after a random time in between, so that watches do not end in step.
    package var watchTimeout: ClosedRange<Duration> = .seconds(300) ... .seconds(600)
    /// A watch that was open for as long is followed by the next at once, and the next failure counts as the first.
    package var steadyAfter: Duration = .seconds(5)
    /// After as many watches in a row without a single byte a list is made.
    package var silentWatches = 4
    /// After as many failures of one page in a row the list begins again.
    package var pageFailures = 5

    /// A list without any object counts only when lists have been empty for as long, if objects were known before: a
    /// proxy that comes back from an outage may answer from a cache that is not filled yet. Nil believes the first.
    package var emptyDoubt: Duration?
    /// Objects are known from before the first list.
    package var knowsObjects = false

    package init(paging: ListPaging = .pages(of: 500)) { self.paging = paging }

    /// How long the next watch is to stay open.
    func watchTimeout(using random: inout some RandomNumberGenerator) -> Duration {
        let span = watchTimeout.upperBound - watchTimeout.lowerBound
        return watchTimeout.lowerBound + span * Double.random(in: 0...1, using: &random)
    }
}
