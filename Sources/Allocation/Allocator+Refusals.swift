import Addresses
import ClusterConfiguration
import KubernetesObjects
import Reasons

// The rules that an address is refused by, and the words.
extension Allocator {
    /// Where an address belongs that a pool has and gives.
    func usable(_ address: IPAddress) throws(AllocationRefusal) -> RangeIndex.Position {
        guard let position = ranges.position(of: address) else {
            let known = pools.prefix(4).map { "`\($0.name)`" }.joined(separator: ", ")
            throw AllocationRefusal(
                .addressNotInPool, subject: "\(address)",
                "\(address) is in no pool"
                    + (known.isEmpty ? "; there is no IPAddressPool" : "; the pools are \(known)")
                    + (pools.count > 4 ? " and \(pools.count - 4) more" : "")
                    + ". Add it to a pool or ask for another address")
        }
        guard pools[position.pool].ranges[position.range].space.number(of: address) != nil else {
            throw AllocationRefusal(
                .addressNotInPool, subject: "\(address)",
                "\(address) ends in .0 or .255, which pool `\(pools[position.pool].name)` avoids "
                    + "(avoidBuggyIPs)")
        }
        return position
    }

    /// Holds if nobody else has the address, or if all who have it share it with this Service: equal non-empty keys,
    /// equal backends, no port in common.
    func mayUse(_ address: IPAddress, _ request: ServiceRequest) throws(AllocationRefusal) {
        guard let use = uses[address], !use.isOf(request.key) else { return }
        guard let group = request.terms.group, group == use.group else { throw inUse(address, use, request) }
        for port in request.terms.ports.sorted() {
            guard let owner = use.owners[port], owner != request.key else { continue }
            throw AllocationRefusal(
                .sharingConflict, subject: "\(address) \(port)",
                "port \(port) is already in use on \"\(address)\" by \(owner)")
        }
    }

    /// Others have the address and do not share it with this Service.
    private func inUse(_ address: IPAddress, _ use: AddressUse, _ request: ServiceRequest) -> AllocationRefusal {
        let others = use.users.filter { $0 != request.key }
        let names = others.prefix(3).map(\.description).joined(separator: ", ") + (others.count > 3 ? ", …" : "")
        if use.has(request.key) {
            return AllocationRefusal(
                .sharingConflict, subject: "\(address)",
                "can't change sharing key for \"\(request.key)\", \(address) is also in use by \(names)")
        }
        guard let group = request.terms.group, let present = use.group else {
            return AllocationRefusal(
                .addressTaken, subject: "\(address)",
                "\(address) is in use by \(names); ask for another address, or let both Services share it with "
                    + "the annotation `metallb.io/allow-shared-ip`")
        }
        let difference =
            group.key == present.key
            ? "their traffic policies or selectors differ" : "their sharing keys differ"
        return AllocationRefusal(
            .sharingConflict, subject: "\(address)",
            "\(address) is in use by \(names), which this Service cannot share it with: \(difference)")
    }

    func unknownPool(_ name: String) -> AllocationRefusal {
        let known = pools.prefix(4).map { "`\($0.name)`" }.joined(separator: ", ")
        return AllocationRefusal(
            .noPool, subject: name,
            "unknown pool \"\(name)\"; " + (known.isEmpty ? "there is no IPAddressPool" : "the pools are \(known)")
                + (pools.count > 4 ? " and \(pools.count - 4) more" : ""))
    }

    func notAdmitted(_ pool: Int, _ request: ServiceRequest) -> AllocationRefusal {
        let name = pools[pool].name
        if !pools[pool].isOf(request.nodePool) { return ofOtherNodePool(name, request) }
        return AllocationRefusal(
            .noPool, subject: name,
            "pool `\(name)` is pinned by its serviceAllocation to other namespaces or Services than \(request.key)")
    }

    func wrongFamilies(_ addresses: [IPAddress], _ request: ServiceRequest) -> AllocationRefusal {
        AllocationRefusal(
            .familyMismatch, subject: addresses.text,
            "requested load balancer address \(addresses.text) does not match the Service's families "
                + "\(request.families.text), which are those of its cluster addresses; ask for one of each")
    }

    private func ofOtherNodePool(_ pool: String, _ request: ServiceRequest) -> AllocationRefusal {
        AllocationRefusal(
            .noPool, subject: pool,
            request.nodePool.map { "pool `\(pool)` is not for node pool `\($0.name)`; \(Self.howToBind(to: $0.name))" }
                ?? "pool `\(pool)` is for a node pool, and \(request.key) is a Service of no node pool")
    }

    private static func howToBind(to nodePool: String) -> String {
        "label an IPAddressPool \(NodePoolBinding.label)=\(nodePool), or give the NodePool addresses with the annotation "
            + OpenYurt.addressPools
    }

    /// No pool may be used automatically.
    func noCandidate(_ request: ServiceRequest) -> AllocationRefusal {
        let pools = pools.filter { $0.isOf(request.nodePool) }
        if let nodePool = request.nodePool, pools.isEmpty {
            return AllocationRefusal(
                .noPool, subject: nodePool.name,
                "node pool `\(nodePool.name)` has no addresses; \(Self.howToBind(to: nodePool.name))")
        }
        if pools.isEmpty, !self.pools.isEmpty {
            return AllocationRefusal(
                .noPool, subject: "", "every IPAddressPool is for a node pool, and this is a Service of no node pool")
        }
        if pools.isEmpty { return AllocationRefusal(.noPool, subject: "", "there is no IPAddressPool; create one") }
        let manual = pools.filter { !$0.isAutomatic }.map { "`\($0.name)`" }
        let pinned = pools.filter { $0.isAutomatic && !$0.admits(request) }.map { "`\($0.name)`" }
        var parts: [String] = []
        if !pinned.isEmpty {
            parts.append("pinned to other namespaces or Services: \(pinned.prefix(4).joined(separator: ", "))")
        }
        if !manual.isEmpty {
            parts.append("given on request only (autoAssign false): \(manual.prefix(4).joined(separator: ", "))")
        }
        return AllocationRefusal(
            .noPool, subject: (pinned + manual).joined(separator: " "),
            "no pool is for this Service; " + parts.joined(separator: "; "))
    }

    /// No pool among those that may be used has an address of each family.
    func exhausted(_ candidates: [Int], _ families: [IPFamily]) -> AllocationRefusal {
        let names = candidates.map { pools[$0].name }
        let serving = candidates.filter { index in families.allSatisfy(pools[index].serves) }
        guard !serving.isEmpty else {
            let listed = names.prefix(4).map { "`\($0)`" }.joined(separator: ", ")
            return AllocationRefusal(
                .familyMismatch, subject: names.joined(separator: " "),
                "no pool that the Service may use (\(listed)) has \(families.text) addresses")
        }
        let parts = serving.prefix(3).map { describe(pools[$0], families) }
        return AllocationRefusal(
            .poolExhausted, subject: names.joined(separator: " "),
            parts.joined(separator: "; ") + (serving.count > 3 ? "; \(serving.count - 3) more pools likewise" : ""))
    }

    /// "pool `default` has 0 of 11 addresses free; largest users: namespace `shop` (6), `web` (5)"
    private func describe(_ state: PoolState, _ families: [IPFamily]) -> String {
        let counts = families.map { family in
            let capacity = state.capacity[family, default: 0]
            let used = UInt128(state.assigned[family, default: 0])
            let kind = families.count == 1 ? "addresses" : "\(family.rawValue) addresses"
            return "\(capacity - min(used, capacity)) of \(capacity) \(kind)"
        }
        let users = state.users.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.prefix(3)
        let largest = users.map { "`\($0.key)` (\($0.value))" }.joined(separator: ", ")
        return "pool `\(state.name)` has \(counts.joined(separator: " and ")) free"
            + (largest.isEmpty ? "" : "; largest users: namespace \(largest)")
    }
}

extension [IPAddress] {
    /// `192.0.2.1 and 2001:db8::1`
    var text: String { map(\.description).joined(separator: " and ") }
}

extension [IPFamily] {
    /// `IPv4 and IPv6`
    var text: String { map(\.rawValue).joined(separator: " and ") }
}
