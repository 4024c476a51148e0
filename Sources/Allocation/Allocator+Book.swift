import Addresses
import KubernetesObjects

// The book: who uses what. Everything that takes or frees an address goes through `enter` and `erase`, so that the table
// of uses, the ranges, the sharing groups and the counts never differ.
extension Allocator {
    /// Gives addresses to a Service that has none. The caller has checked that it may have them.
    mutating func occupy(_ key: ObjectKey, _ addresses: [IPAddress], _ terms: SharingTerms) {
        enter(key, addresses, terms)
        assignments[key] = Assignment(addresses: addresses, terms: terms)
    }

    /// Writes down that a Service uses addresses.
    mutating func enter(_ key: ObjectKey, _ addresses: [IPAddress], _ terms: SharingTerms) {
        for address in addresses {
            if uses[address]?.add(key, terms) == nil {
                uses[address] = AddressUse(key, terms)
                if let position = ranges.position(of: address) {
                    pools[position.pool].ranges[position.range].take(address)
                    pools[position.pool].assigned[address.family, default: 0] += 1
                }
            }
            if let group = terms.group { groups[group, default: SharingGroup()].add(address, terms.ports) }
            if let position = ranges.position(of: address) {
                pools[position.pool].users[key.namespace, default: 0] += 1
            }
        }
    }

    /// Takes all addresses of a Service away.
    /// - Parameter now: when the addresses begin to rest; nil if they are not to.
    /// - Returns: false if it had none.
    @discardableResult
    mutating func vacate(_ key: ObjectKey, at now: ContinuousClock.Instant?) -> Bool {
        guard let assignment = assignments.removeValue(forKey: key) else { return false }
        erase(key, assignment.addresses, assignment.terms, at: now)
        hasFreed = true
        return true
    }

    /// Strikes out what `enter` wrote down.
    /// - Parameter now: when the addresses begin to rest; nil if they are not to.
    mutating func erase(
        _ key: ObjectKey, _ addresses: [IPAddress], _ terms: SharingTerms, at now: ContinuousClock.Instant?
    ) {
        for address in addresses {
            uses[address]?.remove(key, terms)
            let isLast = uses[address]?.isEmpty ?? true
            if let group = terms.group {
                groups[group]?.remove(address, terms.ports, isLast: isLast)
                if groups[group]?.isEmpty ?? false { groups[group] = nil }
            }
            if isLast { uses[address] = nil }
            guard let position = ranges.position(of: address) else { continue }
            if isLast {
                pools[position.pool].ranges[position.range].free(address, restUntil: now.map { $0 + rest })
                pools[position.pool].assigned[address.family, default: 1] -= 1
            }
            let count = pools[position.pool].users[key.namespace, default: 1] - 1
            pools[position.pool].users[key.namespace] = count > 0 ? count : nil
        }
    }

    /// Replaces what a Service has, with a rest for the addresses that it loses only.
    mutating func replace(
        _ key: ObjectKey, _ addresses: [IPAddress], _ terms: SharingTerms, at now: ContinuousClock.Instant
    ) {
        if let held = assignments[key], held.addresses == addresses, held.terms == terms { return }
        vacate(key, at: now)
        occupy(key, addresses, terms)
    }
}
