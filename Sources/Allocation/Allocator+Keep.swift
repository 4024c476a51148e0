import Addresses
import KubernetesObjects
import Reasons

// What a Service may keep.
extension Allocator {
    /// What became of what a Service had.
    enum Holding {
        /// It had nothing.
        case none
        case kept(AddressGrant)
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
            vacate(request.key, at: now)
            return .lost(refusal)
        case .success(let kept):
            guard let position = ranges.position(of: kept[0]), isWished(kept, in: position.pool, request) else {
                vacate(request.key, at: now)
                return .lost(nil)
            }
            let grant = AddressGrant(kept, pool: pools[position.pool].name)
            if request.requiresDualStack, kept.count < 2 {
                do throws(AllocationRefusal) {
                    _ = try additional(request, grant, at: now)
                } catch {
                    vacate(request.key, at: now)
                    return .lost(error)
                }
            }
            // Last, so that a Service which may keep nothing never seems to have had something that it frees.
            replace(request.key, kept, request.terms, at: now)
            return .kept(grant)
        }
    }

    /// The addresses of those held that the Service may keep, in the order of its families; never empty.
    func retainable(
        _ held: [IPAddress], for request: ServiceRequest
    ) -> Result<[IPAddress], AllocationRefusal> {
        let ofFamily = inOrder(held, request)
        guard let first = ofFamily.first else {
            return .failure(
                AllocationRefusal(
                    .familyMismatch, subject: held.text,
                    "\(held.text) is not of the Service's family \(request.families.text)"))
        }
        do throws(AllocationRefusal) {
            let position = try usable(first)
            if !pools[position.pool].admits(request) { throw notAdmitted(position.pool, request) }
            var kept: [IPAddress] = []
            for address in ofFamily {
                // A second address from another pool is what is left after a pool was split; the first one decides.
                guard kept.isEmpty || ranges.position(of: address)?.pool == position.pool else { continue }
                _ = try usable(address)
                try mayUse(address, request)
                kept.append(address)
            }
            return .success(kept)
        } catch {
            return .failure(error)
        }
    }

    /// True unless the Service asks for something else by now.
    private func isWished(_ kept: [IPAddress], in pool: Int, _ request: ServiceRequest) -> Bool {
        switch request.wish {
        case .automatic, .unreadable: true
        case .pool(let name): pools[pool].name == name
        case .addresses(let wished, let name):
            Set(wished) == Set(kept) && (name ?? pools[pool].name) == pools[pool].name
        }
    }
}
