import BGP
import ClusterConfiguration
import RoutePlanning

extension BGP.RouteAttributes {
    /// What a plan asks for, as it travels. A plan never has more communities than a message has room for.
    init(_ planned: RoutePlanning.RouteAttributes) {
        var communities: [BGP.Community] = []
        var largeCommunities: [LargeCommunity] = []
        for community in planned.communities {
            switch community {
            case .standard(let high, let low): communities.append(BGP.Community(high, low))
            case .large(let administrator, let first, let second):
                largeCommunities.append(LargeCommunity(administrator, first, second))
            }
        }
        self =
            BGP.RouteAttributes(
                localPreference: planned.localPref, communities: communities, largeCommunities: largeCommunities)
            ?? .none
    }
}
