import Addresses
import ClusterConfiguration
import KubernetesObjects

/// How MetalLB looks for an address (`internal/allocator`, `getFreeIPsFromPool`): every pool in turn, every address of it
/// from the first one up, each looked up in the table of those in use. Without the text of each address as the table's
/// key, the pools in a fixed order, and without a lock: no slower than the original.
struct LinearScan {
    private let ranges: [IPRange]
    private var users: [IPAddress: ObjectKey] = [:]
    /// What was given, by the place of who has it.
    private var given: [IPAddress] = []
    private var cursor: (range: Int, bits: UInt128)

    init(_ pools: [AddressPool]) {
        ranges = pools.flatMap(\.ranges)
        cursor = (0, ranges.first?.lower ?? 0)
    }

    /// Gives the first address that nobody has.
    /// - Parameter place: the place of somebody who has left; nil for a new one.
    mutating func allocate(_ key: ObjectKey, inPlaceOf place: Int? = nil) {
        for range in ranges {
            var bits = range.lower
            while bits <= range.upper, let address = IPAddress(family: range.family, bits: bits) {
                if users[address] == nil {
                    users[address] = key
                    if let place { given[place] = address } else { given.append(address) }
                    return
                }
                bits += 1
            }
        }
    }

    /// Puts the next address in use without the search for it, to fill the pools.
    mutating func append(_ key: ObjectKey) {
        while cursor.range < ranges.count {
            let range = ranges[cursor.range]
            while cursor.bits <= range.upper, let address = IPAddress(family: range.family, bits: cursor.bits) {
                cursor.bits += 1
                if users[address] == nil {
                    users[address] = key
                    given.append(address)
                    return
                }
            }
            cursor.range += 1
            cursor.bits = cursor.range < ranges.count ? ranges[cursor.range].lower : 0
        }
    }

    /// Frees one of the addresses, by the place at which it was given.
    mutating func release(_ place: Int) { users[given[place]] = nil }
}
