package import Addresses

/// Where on a link a hello goes.
package enum HelloDestination: Sendable, Hashable {
    /// To the groups of these families, IPv4 first: of two copies members take the first, and answer to its source.
    case groups([IPFamily])
    case member(IPAddress)
}
