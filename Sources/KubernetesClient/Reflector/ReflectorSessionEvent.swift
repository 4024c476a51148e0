/// What happens to a reflector.
package enum ReflectorSessionEvent: Sendable {
    /// The first of all.
    case started
    /// A page arrived whole.
    case pageArrived(resourceVersion: String, continueToken: String?, objects: Int)
    case listFailed(KubernetesError)
    case watchOpened
    /// A bookmark, or that an object is gone; everything up to this version has been told.
    case versionSeen(String)
    /// A new or changed object; everything up to its version has been told.
    case objectSeen(version: String)
    /// The server ended the watch in an orderly way.
    case watchClosed
    case watchFailed(KubernetesError)
    /// `nextDeadline` has come.
    case deadlineReached
    /// The server has learnt of the kind.
    case definitionEstablished
}

/// What a reflector is to do.
package enum ReflectorSessionEffect: Sendable {
    case list(ListRequest)
    case watch(WatchRequest)
    /// Forget the pages that arrived: the list begins again.
    case dropPages
    /// The pages are one complete list of this version.
    case deliverPages(resourceVersion: String)
    case report(ConnectionState)
}

extension ListRequest.Reason: CustomStringConvertible {
    package var description: String {
        switch self {
        case .start: "start"
        case .expired: "expired"
        case .versionUnknown: "version unknown"
        case .silence: "silence"
        case .watchFailed(let code): "the watch failed: \(code)"
        case .absence: "absence"
        case .emptiness: "emptiness"
        }
    }
}

/// One page to ask for.
package struct ListRequest: Sendable, Hashable {
    /// Why a list begins.
    package enum Reason: Sendable, Hashable {
        case start
        /// The version of the watch, or the continue token, is forgotten (410).
        case expired
        /// The version asked for is unknown to the server.
        case versionUnknown
        /// The watch had nothing to say for so long that its version may be one the server never reaches: what happens
        /// when a cluster is restored from a backup.
        case silence
        /// The watch could not go on for another reason.
        case watchFailed(KubernetesError.Code)
        /// The kind was not served.
        case absence
        /// The last list was empty, and objects are known.
        case emptiness
    }

    package var reason: Reason
    /// Objects a page; nil for everything in one answer.
    package var limit: Int?
    package var continueToken: String?
    /// See `ListOptions.resourceVersion`.
    package var resourceVersion: String?
}

/// The watch to open.
package struct WatchRequest: Sendable, Hashable {
    package var resourceVersion: String
    /// When the server is to end it.
    package var timeout: Duration
}
