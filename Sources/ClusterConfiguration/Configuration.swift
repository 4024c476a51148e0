package import Addresses

/// Everything that the `metallb.io` resources say, checked and with all references resolved. Made by one pure function
/// that the controller, the speaker and `toonoctl validate` share; what is invalid never becomes a value of this type.
package struct Configuration: Sendable, Hashable {
    /// In order of name.
    package var pools: [AddressPool]
    /// In order of name.
    package var layer2Advertisements: [Layer2Advertisement]
    /// In order of name.
    package var bgpAdvertisements: [BGPAdvertisement]
    /// In order of name.
    package var peers: [Peer]
    /// In order of name; those that peers use stand in the peers as well.
    package var bfdProfiles: [BFDProfile]

    package init(
        pools: [AddressPool] = [], layer2Advertisements: [Layer2Advertisement] = [],
        bgpAdvertisements: [BGPAdvertisement] = [], peers: [Peer] = [], bfdProfiles: [BFDProfile] = []
    ) {
        self.pools = pools
        self.layer2Advertisements = layer2Advertisements
        self.bgpAdvertisements = bgpAdvertisements
        self.peers = peers
        self.bfdProfiles = bfdProfiles
    }

    /// The pool that holds an address, if one does: pools never overlap.
    package func pool(holding address: IPAddress) -> AddressPool? {
        pools.first { pool in pool.ranges.contains { $0.contains(address) } }
    }
}
