import Addresses
import KubernetesObjects
import Reasons

// Finding addresses for a Service that has none, or not enough. Nothing here gives them.
extension Allocator {
    /// Finds what a Service is to get.
    mutating func allocate(
        _ request: ServiceRequest, at now: ContinuousClock.Instant
    ) throws(AllocationRefusal) -> AddressGrant {
        switch request.wish {
        case .unreadable(let refusal): throw refusal
        case .addresses(let addresses, let pool): return try place(addresses, pool, request)
        case .pool(let name):
            guard let pool = poolByName[name] else { throw unknownPool(name) }
            if !pools[pool].admits(request) { throw notAdmitted(pool, request) }
            if let former = returned(to: request, from: [pool]) { return former }
            return try search([pool], request, at: now)
        case .automatic:
            let candidates = (pinnedOrder + openOrder).filter { pools[$0].admits(request) }
            if candidates.isEmpty { throw noCandidate(request) }
            if let former = returned(to: request, from: candidates) { return former }
            return try search(candidates, request, at: now)
        }
    }

    /// What the Service had before the pools changed, if it may have all of that again.
    private func returned(to request: ServiceRequest, from candidates: [Int]) -> AddressGrant? {
        guard let held = former[request.key], case .success(let kept) = retainable(held, for: request),
            kept.addresses.count == held.count, candidates.contains(kept.pool)
        else { return nil }
        let grant = AddressGrant(kept.addresses, pool: pools[kept.pool].name)
        return !request.requiresDualStack || request.families.allSatisfy(grant.has) ? grant : nil
    }

    /// An address that a Service lacks beside those that it has, from their pool.
    mutating func additional(
        _ family: IPFamily, _ request: ServiceRequest, beside held: [IPAddress], of poolName: String,
        at now: ContinuousClock.Instant
    ) throws(AllocationRefusal) -> IPAddress {
        guard let pool = poolByName[poolName] else { throw unknownPool(poolName).at(.additional) }
        if case .addresses(let wished, _) = request.wish { throw wrongFamilies(wished, request).at(.additional) }
        for mayDisturb in [false, true] {
            if let address = first(in: pool, family, request, besides: held, at: now, mayDisturb: mayDisturb) {
                return address
            }
        }
        throw exhausted([pool], [family]).at(.additional)
    }

    /// Checks addresses that the Service asks for by name.
    private func place(
        _ addresses: [IPAddress], _ poolName: String?, _ request: ServiceRequest
    ) throws(AllocationRefusal) -> AddressGrant {
        guard addresses.count == request.families.count * request.addressesPerFamily,
            inOrder(addresses, request).count == addresses.count
        else { throw wrongFamilies(addresses, request) }
        if let poolName, poolByName[poolName] == nil { throw unknownPool(poolName) }
        var pool: Int?
        for address in addresses {
            let position = try usable(address)
            if let poolName, pools[position.pool].name != poolName {
                throw AllocationRefusal(
                    .addressNotInPool, subject: "\(address) \(poolName)",
                    "\(address) is of pool `\(pools[position.pool].name)`, and the Service asks for pool "
                        + "`\(poolName)` too; drop one of the two")
            }
            if let pool, pool != position.pool {
                throw AllocationRefusal(
                    .addressNotInPool, subject: addresses.text,
                    "\(addresses.text) are of different pools; all addresses of a Service must come from one")
            }
            pool = position.pool
            if !pools[position.pool].admits(request) { throw notAdmitted(position.pool, request) }
            try mayUse(address, request)
        }
        guard let pool else { throw wrongFamilies(addresses, request) }
        return AddressGrant(inOrder(addresses, request), pool: pools[pool].name)
    }

    /// Searches pools in order. Addresses that rest are taken only when no pool has another.
    private mutating func search(
        _ candidates: [Int], _ request: ServiceRequest, at now: ContinuousClock.Instant
    ) throws(AllocationRefusal) -> AddressGrant {
        var attempts = [request.families]
        if request.addressesPerFamily > 1 {
            attempts.insert(
                request.families.flatMap { repeatElement($0, count: request.addressesPerFamily) }, at: 0)
        }
        if request.families.count == 2, !request.requiresDualStack { attempts += request.families.map { [$0] } }
        for families in attempts {
            for mayDisturb in [false, true] {
                for pool in candidates where families.allSatisfy(pools[pool].serves) {
                    var found: [IPAddress] = []
                    for family in families {
                        guard
                            let address = first(
                                in: pool, family, request, besides: found, at: now, mayDisturb: mayDisturb)
                        else { break }
                        found.append(address)
                    }
                    if found.count == families.count { return AddressGrant(found, pool: pools[pool].name) }
                }
            }
        }
        throw exhausted(candidates, request.requiresDualStack ? request.families : [request.families[0]])
    }

    /// The first address of a pool that the Service may have: in the first range that has one, the lowest that is free
    /// or that the Service may share.
    /// - Parameter chosen: addresses that the Service has or is to have already.
    private mutating func first(
        in pool: Int, _ family: IPFamily, _ request: ServiceRequest, besides chosen: [IPAddress],
        at now: ContinuousClock.Instant, mayDisturb: Bool
    ) -> IPAddress? {
        let shareable = lowestShareable(in: pool, family, request, besides: chosen)
        for range in pools[pool].ranges.indices where pools[pool].ranges[range].space.range.family == family {
            let free = pools[pool].ranges[range].firstFree(at: now, besides: chosen)
            let shared = shareable[range]
            if let free, let shared { return min(free, shared) }
            if let address = free ?? shared { return address }
        }
        guard mayDisturb else { return nil }
        var longest: (address: IPAddress, end: ContinuousClock.Instant)?
        for range in pools[pool].ranges.indices where pools[pool].ranges[range].space.range.family == family {
            guard let resting = pools[pool].ranges[range].longestResting(besides: chosen) else { continue }
            if let best = longest, best.end <= resting.end { continue }
            longest = resting
        }
        return longest?.address
    }

    /// The lowest address of each range that others have and that the Service may share with them.
    private func lowestShareable(
        in pool: Int, _ family: IPFamily, _ request: ServiceRequest, besides chosen: [IPAddress]
    ) -> [Int: IPAddress] {
        guard let group = request.terms.group, let members = groups[group], members.mayAccept(request.terms.ports)
        else { return [:] }
        var lowest: [Int: IPAddress] = [:]
        for address in members.addresses where address.family == family && !chosen.contains(address) {
            guard let position = ranges.position(of: address), position.pool == pool,
                uses[address]?.owners.keys.contains(where: request.terms.ports.contains) == false,
                pools[pool].ranges[position.range].space.number(of: address) != nil
            else { continue }
            lowest[position.range] = lowest[position.range].map { min($0, address) } ?? address
        }
        return lowest
    }
}
