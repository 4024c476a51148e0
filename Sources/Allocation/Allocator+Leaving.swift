package import Addresses
package import KubernetesObjects

// Addresses that a Service may not keep and that its status still lists. They stay in the book until the status is written:
// clients and speakers go by the status, and a write may fail, come late, or die with its process.
extension Allocator {
    /// Addresses that a Service is to lose and that its status still lists.
    package func leavingAddresses(of key: ObjectKey) -> [IPAddress] { leaving[key]?.keys.sorted() ?? [] }

    /// What a Service is losing, with the terms on which it had it. Out of the book, it rests.
    mutating func takeLeaving(_ key: ObjectKey, at now: ContinuousClock.Instant) -> [IPAddress: SharingTerms] {
        let gone = leaving.removeValue(forKey: key) ?? [:]
        for (address, terms) in gone.sorted(by: { $0.key < $1.key }) { erase(key, [address], terms, at: now) }
        return gone
    }

    /// Keeps for a Service what it lost and its status still lists.
    /// - Parameters:
    ///   - former: what it had, with its terms; none of it that it lost is in the book.
    ///   - listed: the addresses in its status.
    ///   - ownsAll: true if everything in its status is ours to take away: what nobody else has stays as well.
    mutating func hold(
        _ key: ObjectKey, _ former: [IPAddress: SharingTerms], listed: [IPAddress], ownsAll: Bool
    ) {
        let granted = addresses(of: key)
        for address in Set(listed).sorted() where !granted.contains(address) {
            guard let terms = former[address] ?? (ownsAll && uses[address] == nil ? SharingTerms() : nil) else {
                continue
            }
            enter(key, [address], terms)
            leaving[key, default: [:]][address] = terms
        }
    }

    /// True if others can have something of what a Service had: an address, or ports of one that it has on other terms now.
    func hasGivenUp(_ key: ObjectKey, any former: [IPAddress: SharingTerms]) -> Bool {
        let present = assignments[key]
        return former.contains { address, terms in
            if leaving[key]?[address] != nil { return false }
            return present.map { !$0.addresses.contains(address) || $0.terms != terms } ?? true
        }
    }

    /// A Service's status was written: what it does not list any more is free.
    /// - Returns: true if something became free.
    package mutating func settle(_ key: ObjectKey, listed: [IPAddress], at now: ContinuousClock.Instant) -> Bool {
        guard let held = leaving[key] else { return false }
        let free = held.filter { !listed.contains($0.key) }
        for (address, terms) in free.sorted(by: { $0.key < $1.key }) {
            leaving[key]?[address] = nil
            erase(key, [address], terms, at: now)
        }
        if leaving[key]?.isEmpty ?? false { leaving[key] = nil }
        if !free.isEmpty { hasFreed = true }
        return !free.isEmpty
    }
}
