package import Addresses
package import KubernetesObjects

// Addresses that a Service may not keep and that its status still lists. They stay in the book until the status is written:
// clients and speakers go by the status, and a write may fail, come late, or die with its process.
extension Allocator {
    /// Addresses that a Service is to lose and that its status still lists.
    package func leavingAddresses(of key: ObjectKey) -> [IPAddress] { leaving[key]?.keys.sorted() ?? [] }

    /// What a Service had and is losing, by the terms on which it had it, with nothing left in the book.
    mutating func takeLeaving(_ key: ObjectKey) -> [IPAddress: SharingTerms] {
        let gone = leaving.removeValue(forKey: key) ?? [:]
        for (address, terms) in gone { erase(key, [address], terms, at: nil) }
        return gone
    }

    /// Keeps for a Service what it lost and its status still lists.
    /// - Parameters:
    ///   - former: what it had, with its terms.
    ///   - listed: the addresses in its status.
    ///   - ownsAll: true if everything in its status is ours to take away: what nobody else has stays as well.
    mutating func hold(
        _ key: ObjectKey, _ former: [IPAddress: SharingTerms], listed: [IPAddress], ownsAll: Bool,
        at now: ContinuousClock.Instant?
    ) {
        let granted = addresses(of: key)
        for address in Set(listed).sorted() where !granted.contains(address) {
            guard let terms = former[address] ?? (ownsAll && uses[address] == nil ? SharingTerms() : nil) else {
                continue
            }
            enter(key, [address], terms)
            leaving[key, default: [:]][address] = terms
        }
        // What the status does not list is free at once.
        let free = former.filter { !granted.contains($0.key) && leaving[key]?[$0.key] == nil }
        for (address, terms) in free.sorted(by: { $0.key < $1.key }) {
            enter(key, [address], terms)
            erase(key, [address], terms, at: now)
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
