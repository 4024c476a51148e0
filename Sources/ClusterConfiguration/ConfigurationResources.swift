package import KubernetesObjects

/// The resources that make up a configuration: all objects of the `metallb.io` kinds in the load balancer's namespace.
/// Their order does not matter.
package struct ConfigurationResources: Sendable, Hashable, Codable {
    package var pools: [IPAddressPool]
    package var layer2Advertisements: [L2Advertisement]
    package var bgpAdvertisements: [BGPAdvertisement]
    package var bgpPeers: [BGPPeer]
    package var bfdProfiles: [BFDProfile]
    package var communities: [Community]

    package init(
        pools: [IPAddressPool] = [], layer2Advertisements: [L2Advertisement] = [],
        bgpAdvertisements: [BGPAdvertisement] = [], bgpPeers: [BGPPeer] = [], bfdProfiles: [BFDProfile] = [],
        communities: [Community] = []
    ) {
        self.pools = pools
        self.layer2Advertisements = layer2Advertisements
        self.bgpAdvertisements = bgpAdvertisements
        self.bgpPeers = bgpPeers
        self.bfdProfiles = bfdProfiles
        self.communities = communities
    }
}
