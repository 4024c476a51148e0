package import Addresses
package import KubernetesObjects
import Reasons

extension Allocator {
    /// Says what a Service is to have now, and enters it in the book.
    ///
    /// What it has stays as long as the rules allow, whatever else has become possible since. What it loses stays taken
    /// until its status does not list it any more.
    /// - Parameter listed: the addresses in its status as the server has it.
    package mutating func reconcile(
        _ claim: ServiceClaim, for key: ObjectKey, listed: [IPAddress] = [], at now: ContinuousClock.Instant
    ) -> AllocationDecision {
        let hadFreed = hasFreed
        var former = takeLeaving(key, at: now)
        let held = assignments[key]
        let decision = decide(claim, for: key, at: now)
        // Nearly every Service has what it had and what its status lists.
        if former.isEmpty, addresses(of: key) == listed, held?.addresses ?? listed == listed { return decision }
        if let held { for address in held.addresses { former[address] = held.terms } }
        hold(key, former, listed: listed, ownsAll: claim.isOurs)
        hasFreed = hadFreed || hasGivenUp(key, any: former)
        return decision
    }

    private mutating func decide(
        _ claim: ServiceClaim, for key: ObjectKey, at now: ContinuousClock.Instant
    ) -> AllocationDecision {
        foreign.remove(key)
        switch claim {
        case .request(let request): return decide(request, at: now)
        case .unclaimed(let reason):
            release(key, at: now)
            return .clear(reason)
        case .foreign:
            release(key, at: now)
            foreign.insert(key)
            return .clear(.classNotOurs)
        case .unentitled(let refusal):
            release(key, at: now)
            return .refuse(refusal, replacing: nil)
        }
    }

    private mutating func decide(_ request: ServiceRequest, at now: ContinuousClock.Instant) -> AllocationDecision {
        var replacing: AllocationRefusal?
        switch keep(request, at: now) {
        case .kept(let grant, let dropped):
            return settle(request, grant, replacing: dropped?.at(.retention), at: now)
        case .lost(let refusal): replacing = refusal?.at(.retention)
        case .none: break
        }
        do throws(AllocationRefusal) {
            let grant = try allocate(request, at: now)
            occupy(request.key, grant.addresses, request.terms)
            former[request.key] = nil
            return settle(request, grant, replacing: replacing, at: now)
        } catch {
            wait(request.key)
            return .refuse(error, replacing: replacing)
        }
    }

    /// Completes a Service that has addresses: those that it lacks, and the verdict.
    private mutating func settle(
        _ request: ServiceRequest, _ grant: AddressGrant, replacing: AllocationRefusal?, at now: ContinuousClock.Instant
    ) -> AllocationDecision {
        var grant = grant
        var shortfall = complete(&grant, request, at: now)
        if case .unreadable(let refusal) = request.wish { shortfall = refusal }
        if shortfall == nil { waiting[request.key] = nil } else { wait(request.key) }
        return request.status.lists(grant.addresses) && replacing == nil
            ? .keep(grant, shortfall: shortfall)
            : .assign(grant, replacing: replacing, shortfall: shortfall)
    }

    /// Adds what a Service lacks, as far as the pool of what it has can give it: first one address of each family.
    /// - Returns: what stands in the way of all.
    private mutating func complete(
        _ grant: inout AddressGrant, _ request: ServiceRequest, at now: ContinuousClock.Instant
    ) -> AllocationRefusal? {
        var addresses = grant.addresses
        var refusals: [IPFamily: AllocationRefusal] = [:]
        for count in 1...max(request.addressesPerFamily, 1) {
            for family in request.families where refusals[family] == nil {
                if addresses.count(where: { $0.family == family }) >= count { continue }
                do throws(AllocationRefusal) {
                    addresses.append(try additional(family, request, beside: addresses, of: grant.pool, at: now))
                } catch {
                    refusals[family] = error
                }
            }
        }
        if addresses.count > grant.addresses.count {
            grant.addresses = inOrder(addresses, request)
            replace(request.key, grant.addresses, request.terms, at: now)
        }
        return request.families.lazy.compactMap { refusals[$0] }.first
    }

    private mutating func wait(_ key: ObjectKey) {
        guard waiting[key] == nil else { return }
        waiting[key] = waitCounter
        waitCounter += 1
    }

    /// Addresses in the order of the Service's families, no more of each than it is to have.
    func inOrder(_ addresses: [IPAddress], _ request: ServiceRequest) -> [IPAddress] {
        request.families.flatMap { family in
            addresses.lazy.filter { $0.family == family }.prefix(max(request.addressesPerFamily, 1))
        }
    }
}
