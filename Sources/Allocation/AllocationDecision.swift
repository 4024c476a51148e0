package import Addresses

/// What a Service has: addresses of each of its families, one unless it asks for more, all of one pool.
package struct AddressGrant: Sendable, Hashable {
    package var addresses: [IPAddress]
    /// The name of the pool.
    package var pool: String

    package init(_ addresses: [IPAddress], pool: String) {
        self.addresses = addresses
        self.pool = pool
    }

    /// True if there is an address of the family.
    func has(_ family: IPFamily) -> Bool { addresses.contains { $0.family == family } }
}

/// What to do about a Service, with the reasons.
package enum AllocationDecision: Sendable, Hashable {
    /// It has what it should have. `shortfall` says what it lacks all the same: an address of its second family or a further one,
    /// or that its new wishes cannot be read.
    case keep(AddressGrant, shortfall: AllocationRefusal?)
    /// It gets addresses, or others than its status says. `replacing` says why it may not keep what it had.
    case assign(AddressGrant, replacing: AllocationRefusal?, shortfall: AllocationRefusal?)
    /// It gets none. `replacing` says why it may not keep what it had.
    case refuse(AllocationRefusal, replacing: AllocationRefusal?)
    /// It is to have none from us, and nothing is wrong with that.
    case clear(ServiceClaim.ClearReason)

    /// The addresses that the Service has from now on.
    package var grant: AddressGrant? {
        switch self {
        case .keep(let grant, _), .assign(let grant, _, _): grant
        case .refuse, .clear: nil
        }
    }

    /// Why the Service lacks something.
    package var refusal: AllocationRefusal? {
        switch self {
        case .keep(_, let shortfall), .assign(_, _, let shortfall): shortfall
        case .refuse(let refusal, _): refusal
        case .clear: nil
        }
    }

    /// Why the Service may not keep what it had.
    package var replacing: AllocationRefusal? {
        switch self {
        case .keep, .clear: nil
        case .assign(_, let replacing, _), .refuse(_, let replacing): replacing
        }
    }
}
