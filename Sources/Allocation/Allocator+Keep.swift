import Addresses
import KubernetesObjects
import Reasons

// What a Service may keep.
extension Allocator {
    /// What became of what a Service had.
    enum Holding {
        /// It had nothing.
        case none
        /// It keeps some or all of it; `dropped` says why not all that it could have.
        case kept(AddressGrant, dropped: AllocationRefusal?)
        /// It had something that the rules do not allow any more; nil if it only asks for something else now.
        case lost(AllocationRefusal?)
    }

    /// Finds out what a Service may keep of what it has, by the book or else by its status, and enters that. What it
    /// may not keep is free afterwards.
    mutating func keep(_ request: ServiceRequest, at now: ContinuousClock.Instant) -> Holding {
        let held = assignments[request.key]?.addresses ?? request.status.addresses
        if held.isEmpty { return .none }
        switch retainable(held, for: request) {
        case .failure(let refusal):
            former[request.key] = held
            vacate(request.key, at: now)
            return .lost(refusal)
        case .success(let kept):
            guard isWished(kept.addresses, in: kept.pool, request) else {
                vacate(request.key, at: now)
                return .lost(nil)
            }
            let grant = AddressGrant(kept.addresses, pool: pools[kept.pool].name)
            if request.requiresDualStack, let missing = request.families.first(where: { !grant.has($0) }) {
                do throws(AllocationRefusal) {
                    _ = try additional(missing, request, beside: grant.addresses, of: grant.pool, at: now)
                } catch {
                    former[request.key] = held
                    vacate(request.key, at: now)
                    return .lost(kept.dropped ?? error)
                }
            }
            // Last, so that a Service which may keep nothing never seems to have had something that it frees.
            replace(request.key, kept.addresses, request.terms, at: now)
            return .kept(grant, dropped: kept.dropped)
        }
    }

    /// What a Service may keep of what it has.
    struct Retained {
        /// In the order of the Service's families; never empty.
        var addresses: [IPAddress]
        var pool: Int
        /// Why an address that the Service could have may not stay; nil if all may.
        var dropped: AllocationRefusal?
    }

    /// The addresses of those held that the Service may keep. Each is looked at by itself: one that has to go takes no
    /// other along. The first that may stay decides the pool; one of another pool is what a split has left, and goes.
    func retainable(_ held: [IPAddress], for request: ServiceRequest) -> Result<Retained, AllocationRefusal> {
        let ofFamily = inOrder(held, request)
        if ofFamily.isEmpty {
            return .failure(
                AllocationRefusal(
                    .familyMismatch, subject: held.text,
                    "\(held.text) is not of the Service's family \(request.families.text)"))
        }
        var kept: [IPAddress] = []
        var pool: Int?
        var dropped: AllocationRefusal?
        for address in ofFamily {
            do throws(AllocationRefusal) {
                let position = try usable(address)
                if let pool, pool != position.pool { continue }
                if !pools[position.pool].admits(request) { throw notAdmitted(position.pool, request) }
                try mayUse(address, request)
                pool = position.pool
                kept.append(address)
            } catch {
                dropped = dropped ?? error
            }
        }
        guard let pool else { return .failure(dropped ?? wrongFamilies(held, request)) }
        return .success(Retained(addresses: kept, pool: pool, dropped: dropped))
    }

    /// True unless the Service asks for something else by now.
    func isWished(_ kept: [IPAddress], in pool: Int, _ request: ServiceRequest) -> Bool {
        switch request.wish {
        case .automatic, .unreadable: true
        case .pool(let name): pools[pool].name == name
        case .addresses(let wished, let name):
            Set(wished) == Set(kept) && (name ?? pools[pool].name) == pools[pool].name
        }
    }
}
