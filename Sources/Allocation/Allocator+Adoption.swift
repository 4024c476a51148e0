package import Addresses
import KubernetesObjects

// What the Services' statuses say that they have, taken over at a start.
extension Allocator {
    /// Takes over what statuses list, as far as it may be theirs. To be called once, before the first `reconcile`, with
    /// every Service: an address that somebody has must not be given to a newcomer. What a status lists and its Service may
    /// not keep is given to nobody before that status is written.
    ///
    /// Of those that list the same address it goes by `Precedence`, so that it is always the same one that keeps it. Each
    /// Service is read by itself and forgotten again: there may be a hundred thousand.
    /// - Parameters:
    ///   - listed: the addresses in a holder's status.
    ///   - request: what a holder asks for; nil for one that can have no address.
    ///   - isSettled: true for a holder that has all that it asks for, and needs nothing else.
    /// - Returns: the others.
    package mutating func adopt<Holder>(
        _ holders: some Collection<Holder>, listed: (Holder) -> [IPAddress], request: (Holder) -> ServiceRequest?,
        isSettled: (Holder, AddressGrant) -> Bool
    ) -> [Holder] {
        var once: Set<IPAddress> = []
        var several: Set<IPAddress> = []
        once.reserveCapacity(holders.count)
        for holder in holders {
            for address in listed(holder) where !once.insert(address).inserted { several.insert(address) }
        }
        assignments.reserveCapacity(once.count)
        uses.reserveCapacity(once.count)
        var unsettled: [(holder: Holder, request: ServiceRequest?)] = []
        var rivals: [(holder: Holder, request: ServiceRequest)] = []
        for holder in holders {
            guard let request = request(holder) else {
                unsettled.append((holder, nil))
                continue
            }
            if !several.isEmpty, request.status.addresses.contains(where: several.contains) {
                rivals.append((holder, request))
            } else if !(adopt(request).map { isSettled(holder, $0) } ?? false) {
                unsettled.append((holder, request))
            }
        }
        rivals.sort { Precedence($0.request) < Precedence($1.request) }
        for rival in rivals where !(adopt(rival.request).map { isSettled(rival.holder, $0) } ?? false) {
            unsettled.append((rival.holder, rival.request))
        }
        let losers = unsettled.compactMap(\.request).filter { addresses(of: $0.key) != $0.status.addresses }
        for request in losers.sorted(by: { Precedence($0) < Precedence($1) }) {
            hold(request.key, [:], listed: request.status.addresses, ownsAll: true)
        }
        return unsettled.map(\.holder)
    }

    /// Takes over what one status lists.
    /// - Returns: what the Service has, if that is what the status lists and all that it asks for.
    private mutating func adopt(_ request: ServiceRequest) -> AddressGrant? {
        let listed = request.status.addresses
        guard !listed.isEmpty, case .success(let kept) = retainable(listed, for: request) else { return nil }
        occupy(request.key, kept.addresses, request.terms)
        guard kept.addresses == listed, !request.status.hasForeignEntries, isWished(listed, in: kept.pool, request)
        else { return nil }
        if case .unreadable = request.wish { return nil }
        let isComplete = request.families.allSatisfy { family in
            listed.count { $0.family == family } == max(request.addressesPerFamily, 1)
        }
        return isComplete ? AddressGrant(listed, pool: pools[kept.pool].name) : nil
    }
}
