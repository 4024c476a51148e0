import Addresses
import KubernetesObjects

extension Resolver {
    /// The most communities that a route can have, as in MetalLB: 63 of four octets fill an attribute of 255.
    private static let maximumCommunities = 63

    /// The names that Community objects, in order of name, give to communities.
    mutating func resolveCommunities(_ communities: [Community]) -> [String: BGPCommunity] {
        refuseSecondOfAName(communities)
        var aliases: [String: BGPCommunity] = [:]
        var first: [String: String] = [:]
        for object in communities {
            for (index, alias) in (object.spec.communities ?? []).enumerated() {
                let path = "spec.communities[\(index)]"
                let name = alias.name ?? ""
                if name.isEmpty {
                    refuse(object, "\(path).name", nil, "the name is missing")
                } else if let earlier = first[name] {
                    refuse(object, "\(path).name", name, "is a name that \(earlier) gives already")
                } else {
                    first[name] = "\(path) of Community \(object.metadata.name)"
                }
                if let community = BGPCommunity(alias.value ?? "") {
                    aliases[name] = community
                } else {
                    refuse(
                        object, "\(path).value", alias.value ?? "",
                        "is no community: write 64512:100 or large:64512:1:2")
                }
            }
        }
        return aliases
    }

    /// Checks the advertisements, which come in order of name. The answer has one for each.
    mutating func resolveBGP(
        _ advertisements: [BGPAdvertisement], pools: [IPAddressPool], aliases: [String: BGPCommunity],
        peers: Set<String>
    ) -> [Configuration.BGPAdvertisement] {
        refuseSecondOfAName(advertisements)
        return advertisements.map { advertisement in
            let spec = advertisement.spec
            checkSelectors(advertisement, "spec.nodeSelectors", spec.nodeSelectors)
            checkSelectors(advertisement, "spec.serviceSelectors", spec.serviceSelectors)
            refuseDuplicates(advertisement, "spec.peers", spec.peers)
            for (index, name) in (spec.peers ?? []).enumerated() where !peers.contains(name) {
                warn(advertisement, "spec.peers[\(index)]", name, "is no BGPPeer")
            }
            let resolved = Configuration.BGPAdvertisement(
                name: advertisement.metadata.name,
                pools: poolsMeant(advertisement, spec.ipAddressPools, spec.ipAddressPoolSelectors, pools),
                aggregationLength: check(
                    advertisement, "spec.aggregationLength", spec.aggregationLength, in: 1...32, otherwise: 32),
                aggregationLengthV6: check(
                    advertisement, "spec.aggregationLengthV6", spec.aggregationLengthV6, in: 0...128, otherwise: 128),
                localPref: spec.localPref == 0 ? nil : spec.localPref,
                communities: resolveCommunities(of: advertisement, aliases), nodeSelectors: spec.nodeSelectors ?? [],
                peers: spec.peers.flatMap { $0.isEmpty ? nil : Set($0) }, serviceSelectors: spec.serviceSelectors ?? [])
            refuseAggregationOfSome(advertisement, resolved)
            return resolved
        }
    }

    private mutating func resolveCommunities(
        of advertisement: BGPAdvertisement, _ aliases: [String: BGPCommunity]
    ) -> Set<BGPCommunity> {
        let texts = advertisement.spec.communities ?? []
        refuseDuplicates(advertisement, "spec.communities", texts)
        var communities: Set<BGPCommunity> = []
        for (index, text) in texts.enumerated() {
            if let community = BGPCommunity(text) ?? aliases[text] {
                communities.insert(community)
            } else {
                refuse(
                    advertisement, "spec.communities[\(index)]", text,
                    text.contains(":")
                        ? "is no community: write 64512:100 or large:64512:1:2" : "is no name that a Community gives",
                    isTransient: !text.contains(":"))
            }
        }
        if communities.count > Self.maximumCommunities {
            refuse(
                advertisement, "spec.communities", nil,
                "are \(communities.count) communities, and a route can have \(Self.maximumCommunities)")
        }
        return communities
    }

    /// Refuses an aggregate for some Services only: it would draw the traffic of the others as well.
    private mutating func refuseAggregationOfSome(
        _ advertisement: BGPAdvertisement, _ resolved: Configuration.BGPAdvertisement
    ) {
        guard !resolved.serviceSelectors.isEmpty else { return }
        let message = "cannot be combined with serviceSelectors: routes of some Services cover one address each"
        if resolved.aggregationLength != 32 {
            refuse(advertisement, "spec.aggregationLength", String(resolved.aggregationLength), message)
        }
        if resolved.aggregationLengthV6 != 128 {
            refuse(advertisement, "spec.aggregationLengthV6", String(resolved.aggregationLengthV6), message)
        }
    }
}
