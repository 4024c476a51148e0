import Addresses
import ClusterConfiguration
import KubernetesObjects

/// Judges a cluster by the rules alone, from what the API shows, without a word of the allocator's code: who may have
/// what (MetalLB 3.3 and 3.4), and whether somebody goes without who need not.
struct Referee {
    /// A Service with its wishes, read by hand.
    struct Party {
        var key: ObjectKey
        var addresses: [IPAddress]
        var families: [IPFamily]
        var requiresBoth: Bool
        var perFamily: Int
        var pool: String?
        var explicit: [IPAddress]
        var sharingKey: String
        var backend: String
        var ports: Set<String>
        var labels: [String: String]
        var namespaceLabels: [String: String]?
    }

    let pools: [AddressPool]
    let parties: [Party]
    /// Who has which address.
    let users: [IPAddress: [Int]]
    /// The addresses that pools give, each with its pool's place.
    private let poolOf: [IPAddress: Int]
    /// The addresses that each pool gives.
    private let given: [[IPAddress]]

    init(_ cluster: Cluster) {
        pools = cluster.pools
        let parties = cluster.services.values.sorted { $0.key < $1.key }.compactMap { Self.party($0, cluster) }
        self.parties = parties
        var users: [IPAddress: [Int]] = [:]
        for (index, party) in parties.enumerated() {
            for address in party.addresses { users[address, default: []].append(index) }
        }
        self.users = users
        given = pools.map(Self.addresses)
        poolOf = Dictionary(
            given.enumerated().flatMap { pool, addresses in addresses.map { ($0, pool) } },
            uniquingKeysWith: { first, _ in first })
    }

    private static func party(_ service: Service, _ cluster: Cluster) -> Party? {
        let spec = service.spec
        let annotations = service.metadata.annotations
        guard spec.type == "LoadBalancer", spec.loadBalancerClass == cluster.loadBalancerClass else { return nil }
        let families = (spec.clusterIPs ?? []).compactMap { IPAddress($0)?.family }
        let isLocal = spec.externalTrafficPolicy == "Local"
        return Party(
            key: service.key, addresses: cluster.addresses(service.key).compactMap { IPAddress($0) },
            families: families, requiresBoth: spec.ipFamilyPolicy == "RequireDualStack",
            perFamily: Int(annotations["toono.io/addresses-per-family"] ?? "1") ?? 1,
            pool: annotations["metallb.io/address-pool"],
            explicit: (annotations["metallb.io/loadBalancerIPs"] ?? "").split(separator: ",")
                .compactMap { IPAddress(String($0)) },
            sharingKey: annotations["metallb.io/allow-shared-ip"] ?? "",
            backend: isLocal ? (spec.selector ?? [:]).sorted { $0.key < $1.key }.description : "",
            ports: Set((spec.ports ?? []).map { "\($0.transport ?? "TCP")/\($0.port)" }),
            labels: service.metadata.labels, namespaceLabels: cluster.namespaces[service.metadata.namespace])
    }

    /// Everything that breaks a rule.
    var faults: [String] {
        parties.flatMap { party in
            faultsOfHolding(party) + (party.addresses.isEmpty ? faultsOfWaiting(party) : faultsOfLack(party))
        }
    }

    private func faultsOfHolding(_ party: Party) -> [String] {
        var faults: [String] = []
        for address in party.addresses {
            if !isUsable(address, by: party) { faults.append("\(party.key) has \(address), which it may not have") }
            if !party.families.contains(address.family) {
                faults.append("\(party.key) has \(address), no family of it")
            }
        }
        if Set(party.addresses.compactMap { pool(of: $0)?.name }).count > 1 {
            faults.append("\(party.key) has addresses of two pools")
        }
        for family in party.families where count(family, of: party) > party.perFamily {
            faults.append("\(party.key) has too many of \(family)")
        }
        if party.requiresBoth, !party.addresses.isEmpty, Set(party.addresses.map(\.family)).count < 2 {
            faults.append("\(party.key) has one family and requires both")
        }
        if !party.explicit.isEmpty, !party.addresses.isEmpty, Set(party.explicit) != Set(party.addresses) {
            faults.append("\(party.key) has not what it asks for by name")
        }
        if let pool = party.pool, let first = party.addresses.first, self.pool(of: first)?.name != pool {
            faults.append("\(party.key) is not in the pool that it asks for")
        }
        return faults
    }

    /// A Service without addresses that could have what it must have.
    private func faultsOfWaiting(_ party: Party) -> [String] {
        if party.requiresBoth, party.families.count < 2 { return [] }
        if !party.explicit.isEmpty {
            let isComplete = party.families.allSatisfy { family in
                party.explicit.count(where: { $0.family == family }) == party.perFamily
            }
            let names = Set(party.explicit.map { pool(of: $0)?.name })
            let isPossible =
                isComplete && party.explicit.count == party.families.count * party.perFamily && names.count == 1
                && (party.pool.map { names == [$0] } ?? true)
                && party.explicit.allSatisfy { isUsable($0, by: party) }
            return isPossible ? ["\(party.key) could have \(party.explicit)"] : []
        }
        for (pool, addresses) in zip(pools, given)
        where party.pool.map({ $0 == pool.name }) ?? pool.autoAssign && admits(pool, party) {
            let served = party.families.filter { family in
                addresses.contains { $0.family == family && isUsable($0, by: party) }
            }
            if party.requiresBoth ? served.count == 2 : !served.isEmpty {
                return ["\(party.key) waits, and \(pool.name) has something for it"]
            }
        }
        return []
    }

    /// A Service with addresses that could have another one of the same pool.
    private func faultsOfLack(_ party: Party) -> [String] {
        guard party.explicit.isEmpty, let pool = party.addresses.first.flatMap({ poolOf[$0] }) else { return [] }
        return party.families.flatMap { family -> [String] in
            guard count(family, of: party) < party.perFamily else { return [] }
            let other = given[pool].first {
                $0.family == family && !party.addresses.contains($0) && isUsable($0, by: party)
            }
            return other.map { ["\(party.key) lacks a \(family) address and could have \($0)"] } ?? []
        }
    }

    private func count(_ family: IPFamily, of party: Party) -> Int {
        party.addresses.count { $0.family == family }
    }

    private func isUsable(_ address: IPAddress, by party: Party) -> Bool {
        guard let pool = pool(of: address), admits(pool, party) else { return false }
        return (users[address] ?? []).allSatisfy { index in
            let other = parties[index]
            return other.key == party.key
                || (!party.sharingKey.isEmpty && party.sharingKey == other.sharingKey
                    && party.backend == other.backend && party.ports.isDisjoint(with: other.ports))
        }
    }

    private func admits(_ pool: AddressPool, _ party: Party) -> Bool {
        guard let allocation = pool.serviceAllocation else { return true }
        let isFree = allocation.namespaces.isEmpty && allocation.namespaceSelectors.isEmpty
        let isNamed = allocation.namespaces.contains(party.key.namespace)
        let isMatched = party.namespaceLabels.map { labels in
            allocation.namespaceSelectors.contains { $0.matches(labels) }
        }
        return (isFree || isNamed || isMatched == true)
            && (allocation.serviceSelectors.isEmpty
                || allocation.serviceSelectors.contains { $0.matches(party.labels) })
    }

    private func pool(of address: IPAddress) -> AddressPool? {
        poolOf[address].map { pools[$0] }
    }

    private static func addresses(of pool: AddressPool) -> [IPAddress] {
        pool.ranges.flatMap { range in
            (range.lower...range.upper).compactMap { IPAddress(family: range.family, bits: $0) }
        }.filter { address in
            let last = address.octets[address.octets.count - 1]
            return !pool.avoidBuggyIPs || address.family == .ipv6 || (last != 0 && last != 255)
        }
    }
}
