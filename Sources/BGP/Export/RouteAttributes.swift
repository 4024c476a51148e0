/// What is said about routes, apart from what the session decides (path, next hop).
package struct RouteAttributes: Sendable, Hashable {
    /// Sent on internal sessions only; nil for the default of 100.
    package let localPreference: UInt32?
    /// Sorted, each once.
    package let communities: [Community]
    /// Sorted, each once.
    package let largeCommunities: [LargeCommunity]

    /// The encoded communities may take this much, so that every message has room for the rest and for routes.
    static let maximumCommunityBytes = 3584

    /// Attributes, or nil for more communities than a message has room for. A local preference of 0 means that none
    /// was set, as in MetalLB's FRR modes.
    package init?(
        localPreference: UInt32? = nil, communities: some Sequence<Community> = [],
        largeCommunities: some Sequence<LargeCommunity> = []
    ) {
        let communities = Set(communities).sorted()
        let largeCommunities = Set(largeCommunities).sorted()
        guard communities.count * 4 + largeCommunities.count * 12 <= Self.maximumCommunityBytes else { return nil }
        self.localPreference = localPreference == 0 ? nil : localPreference
        self.communities = communities
        self.largeCommunities = largeCommunities
    }

    private init() {
        localPreference = nil
        communities = []
        largeCommunities = []
    }

    /// Nothing beyond what every route has.
    package static let none = RouteAttributes()
}
