import KubernetesObjects

extension Resolver {
    /// Checks the advertisements, which come in order of name, and finds the pools that each of them means.
    mutating func resolveLayer2(_ advertisements: [L2Advertisement], pools: [IPAddressPool]) -> [Layer2Advertisement] {
        refuseSecondOfAName(advertisements)
        var seen: Set<Layer2Advertisement.Meaning> = []
        return advertisements.compactMap { advertisement in
            let resolved = resolve(advertisement, pools)
            // Two that say the same are one, but preferences of both count (MetalLB's rule).
            return resolved.preferredNodeSelectors.isEmpty && !seen.insert(resolved.meaning).inserted ? nil : resolved
        }
    }

    private mutating func resolve(_ advertisement: L2Advertisement, _ pools: [IPAddressPool]) -> Layer2Advertisement {
        let spec = advertisement.spec
        checkSelectors(advertisement, "spec.nodeSelectors", spec.nodeSelectors)
        checkSelectors(advertisement, "spec.serviceSelectors", spec.serviceSelectors)
        for (index, name) in (spec.interfaces ?? []).enumerated() where name.isEmpty {
            refuse(advertisement, "spec.interfaces[\(index)]", name, "is no name of an interface")
        }
        for (index, preferred) in (spec.preferredNodeSelectors ?? []).enumerated() {
            let path = "spec.preferredNodeSelectors[\(index)]"
            if !(1...100).contains(preferred.weight) {
                refuse(advertisement, "\(path).weight", String(preferred.weight), "is no weight from 1 to 100")
            }
            checkSelector(advertisement, "\(path).preference", preferred.preference)
        }
        return Layer2Advertisement(
            name: advertisement.metadata.name,
            pools: poolsMeant(advertisement, spec.ipAddressPools, spec.ipAddressPoolSelectors, pools),
            nodeSelectors: spec.nodeSelectors ?? [],
            interfaces: spec.interfaces.flatMap { $0.isEmpty ? nil : $0.uniqued },
            serviceSelectors: spec.serviceSelectors ?? [],
            preferredNodeSelectors: (spec.preferredNodeSelectors ?? []).map {
                .init(weight: $0.weight, preference: $0.preference)
            })
    }

    /// The names of the pools that an advertisement means: those it names and those its selectors match, or all if it
    /// does neither. A name that no pool has is no error, as in MetalLB, because the pool may come later or elsewhere;
    /// but it is worth a word.
    mutating func poolsMeant(
        _ advertisement: some KubernetesObject, _ names: [String]?, _ selectors: [LabelSelector]?,
        _ pools: [IPAddressPool]
    ) -> Set<String> {
        refuseDuplicates(advertisement, "spec.ipAddressPools", names)
        checkSelectors(advertisement, "spec.ipAddressPoolSelectors", selectors)
        let (names, selectors) = (names ?? [], selectors ?? [])
        let existing = Set(pools.map(\.metadata.name))
        if names.isEmpty && selectors.isEmpty { return existing }
        for (index, name) in names.enumerated() where !existing.contains(name) {
            warn(advertisement, "spec.ipAddressPools[\(index)]", name, "is no IPAddressPool")
        }
        for (index, selector) in selectors.enumerated()
        where !pools.contains(where: { selector.matches($0.metadata.labels) }) {
            warn(advertisement, "spec.ipAddressPoolSelectors[\(index)]", nil, "matches no IPAddressPool")
        }
        let matched = pools.filter { pool in selectors.contains { $0.matches(pool.metadata.labels) } }
        return existing.intersection(names).union(matched.map(\.metadata.name))
    }
}

extension Resolver {
    /// Says of which pools addresses are given that nobody ever makes known: MetalLB's best-kept secret (metallb#1561).
    mutating func warnOfUnannouncedPools(_ pools: [IPAddressPool], in configuration: Configuration) {
        let announced = configuration.layer2Advertisements.reduce(into: Set<String>()) { $0.formUnion($1.pools) }
            .union(configuration.bgpAdvertisements.flatMap(\.pools))
        for pool in pools where !announced.contains(pool.metadata.name) {
            warn(
                pool, "metadata.name", pool.metadata.name,
                "is selected by no L2Advertisement and no BGPAdvertisement: its addresses are not announced")
        }
    }
}

extension Layer2Advertisement {
    /// What an advertisement without preferences says, however its lists are ordered and its selectors written.
    fileprivate struct Meaning: Hashable {
        var pools: Set<String>
        var nodeSelectors: Set<LabelSelector>
        var interfaces: Set<String>?
        var serviceSelectors: Set<LabelSelector>
    }

    fileprivate var meaning: Meaning {
        Meaning(
            pools: pools, nodeSelectors: nodeSelectors.canonical, interfaces: interfaces.map(Set.init),
            serviceSelectors: serviceSelectors.canonical)
    }
}

extension [String] {
    /// Each entry once, in order.
    var uniqued: [String] {
        var seen: Set<String> = []
        return filter { seen.insert($0).inserted }
    }
}
