package import ClusterConfiguration

/// What a route carries beyond its prefix, for every peer alike: routes with equal attributes travel together.
package struct RouteAttributes: Sendable, Hashable {
    /// The most communities that a route can have, as in MetalLB.
    package static let communityLimit = 63
    /// GRACEFUL_SHUTDOWN (RFC 8326).
    package static let gracefulShutdown = BGPCommunity.standard(65535, 0)

    /// LOCAL_PREF for peers of the own AS; nil for their default.
    package private(set) var localPref: UInt32?
    /// Sorted, each once: standard ones by number, then large ones.
    package private(set) var communities: [BGPCommunity]

    package init(localPref: UInt32? = nil, communities: some Sequence<BGPCommunity> = []) {
        self.localPref = localPref
        self.communities = Set(communities).sorted()
    }

    /// What an advertisement gives its routes; a local preference of 0 counts as none.
    package init(_ advertisement: Configuration.BGPAdvertisement) {
        self.init(
            localPref: advertisement.localPref == 0 ? nil : advertisement.localPref,
            communities: advertisement.communities)
    }

    /// Why two sources of one route cannot be put together.
    package enum Conflict: Error, Sendable, Hashable {
        case localPref(UInt32?, UInt32?)
        case communities(count: Int)
    }

    /// The attributes of a route that two sources ask for: all communities of both.
    package func merged(with other: RouteAttributes) throws(Conflict) -> RouteAttributes {
        if self == other { return self }
        guard localPref == other.localPref else { throw .localPref(localPref, other.localPref) }
        let union = RouteAttributes(localPref: localPref, communities: communities + other.communities)
        guard union.communities.count <= Self.communityLimit else {
            throw .communities(count: union.communities.count)
        }
        return union
    }

    /// The same while the node is drained: a route that peers use only if they have no other (RFC 8326 4).
    package var drained: RouteAttributes {
        RouteAttributes(localPref: 0, communities: communities + [Self.gracefulShutdown])
    }
}

extension RouteAttributes.Conflict: CustomStringConvertible {
    /// What the two do, for `… give the route …`.
    package var description: String {
        switch self {
        case .localPref(let one, let other):
            "different values of localPref: \(Self.text(one)) and \(Self.text(other))"
        case .communities(let count): "\(count) communities, and a route can have \(RouteAttributes.communityLimit)"
        }
    }

    private static func text(_ localPref: UInt32?) -> String { localPref.map(String.init) ?? "none" }
}
