import Addresses
import KubernetesObjects

extension Resolver {
    /// Checks what advertisements make of the pools: that no two say the same, that no aggregate covers more than its
    /// pool, and that no two give one route two values of LOCAL_PREF.
    mutating func checkRoutes(of advertisements: [BGPAdvertisement], in configuration: Configuration) {
        let resolved = configuration.bgpAdvertisements
        var first: [Configuration.BGPAdvertisement.Meaning: String] = [:]
        for (advertisement, meant) in zip(advertisements, resolved) {
            if let earlier = first[meant.meaning] {
                refuse(advertisement, "spec", nil, "says the same as that of BGPAdvertisement \(earlier)")
            } else {
                first[meant.meaning] = meant.name
            }
        }
        var seen: Set<[Int]> = []
        for pool in configuration.pools {
            let selecting = resolved.indices.filter { resolved[$0].pools.contains(pool.name) }
            for (position, index) in selecting.enumerated() {
                checkAggregation(advertisements[index], resolved[index], pool)
                for earlier in selecting[..<position] where makeSameRoutes(resolved[index], resolved[earlier], pool) {
                    guard seen.insert([earlier, index]).inserted else { continue }
                    compare(advertisements[index], resolved[index], with: resolved[earlier], pool)
                }
            }
        }
    }

    /// Of each range the largest block counts, as in MetalLB: a range that is cut in /26 and /27 may be announced as /26.
    private mutating func checkAggregation(
        _ advertisement: BGPAdvertisement, _ resolved: Configuration.BGPAdvertisement, _ pool: AddressPool
    ) {
        for range in pool.ranges {
            let length = range.family == .ipv4 ? resolved.aggregationLength : resolved.aggregationLengthV6
            guard let largest = range.prefixes.min(by: { $0.length < $1.length }), length < largest.length else {
                continue
            }
            refuse(
                advertisement, range.family == .ipv4 ? "spec.aggregationLength" : "spec.aggregationLengthV6",
                String(length),
                "makes routes that cover more than \(range) of IPAddressPool \(pool.name): it must be at least "
                    + "\(largest.length)")
            return
        }
    }

    private mutating func compare(
        _ advertisement: BGPAdvertisement, _ resolved: Configuration.BGPAdvertisement,
        with earlier: Configuration.BGPAdvertisement, _ pool: AddressPool
    ) {
        // With selectors of Services only the speaker knows whether both mean one and the same Service.
        guard resolved.localPref != earlier.localPref, resolved.serviceSelectors.isEmpty,
            earlier.serviceSelectors.isEmpty, sharePeers(resolved, earlier)
        else { return }
        let value = advertisement.spec.localPref.map(String.init)
        let message =
            "differs from that of BGPAdvertisement \(earlier.name), which makes the same routes of "
            + "IPAddressPool \(pool.name)"
        if resolved.nodeSelectors.canonical == earlier.nodeSelectors.canonical {
            refuse(advertisement, "spec.localPref", value, message)
        } else if !resolved.nodeSelectors.areDisjoint(with: earlier.nodeSelectors) {
            warn(advertisement, "spec.localPref", value, "\(message) on nodes that both select")
        }
    }

    private func sharePeers(_ one: Configuration.BGPAdvertisement, _ other: Configuration.BGPAdvertisement) -> Bool {
        guard let one = one.peers, let other = other.peers else { return true }
        return !one.isDisjoint(with: other)
    }

    private func makeSameRoutes(
        _ one: Configuration.BGPAdvertisement, _ other: Configuration.BGPAdvertisement, _ pool: AddressPool
    ) -> Bool {
        pool.ranges.contains {
            $0.family == .ipv4
                ? one.aggregationLength == other.aggregationLength
                : one.aggregationLengthV6 == other.aggregationLengthV6
        }
    }
}

extension Configuration.BGPAdvertisement {
    /// What an advertisement says, without its name and however its selectors are written.
    fileprivate struct Meaning: Hashable {
        var advertisement: Configuration.BGPAdvertisement
        var nodeSelectors: Set<LabelSelector>
        var serviceSelectors: Set<LabelSelector>
    }

    fileprivate var meaning: Meaning {
        var bare = self
        bare.name = ""
        bare.nodeSelectors = []
        bare.serviceSelectors = []
        return Meaning(
            advertisement: bare, nodeSelectors: nodeSelectors.canonical, serviceSelectors: serviceSelectors.canonical)
    }
}
