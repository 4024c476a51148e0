/// Finds the slot of a key: open addressing over flat memory. The standard dictionary defends itself against chosen
/// keys with a hash that took most of the time of a full table; these keys are the operator's own prefixes, and the
/// table of keys exists already.
struct SlotIndex<Key: RouteKey>: Sendable {
    /// Slots plus one; 0 is an empty place. The number of places is a power of two, at most half are taken.
    private var places: [UInt32] = []
    private var count = 0

    /// The slot of a key.
    func slot(of key: Key, in keys: [Key]) -> Int? {
        guard !places.isEmpty else { return nil }
        let place = places[place(of: key, in: keys)]
        return place == 0 ? nil : Int(place) - 1
    }

    /// Enters a slot whose key is in its place among the keys, and not yet here.
    mutating func insert(_ slot: Int, in keys: [Key]) {
        if (count + 1) * 2 > places.count { grow(keys) }
        places[place(of: keys[slot], in: keys)] = UInt32(truncatingIfNeeded: slot + 1)
        count += 1
    }

    /// Removes a key that is here.
    mutating func remove(_ key: Key, in keys: [Key]) {
        guard !places.isEmpty else { return }
        var hole = place(of: key, in: keys)
        guard places[hole] != 0 else { return }
        count -= 1
        // what follows without a gap moves up, unless it stands at or after its own first place
        var next = (hole + 1) & (places.count - 1)
        while places[next] != 0 {
            let home = home(of: keys[Int(places[next]) - 1])
            if (next - home) & (places.count - 1) >= (next - hole) & (places.count - 1) {
                places[hole] = places[next]
                hole = next
            }
            next = (next + 1) & (places.count - 1)
        }
        places[hole] = 0
    }

    /// The place that has the key, or the empty one that it would take.
    private func place(of key: Key, in keys: [Key]) -> Int {
        var place = home(of: key)
        while places[place] != 0 && keys[Int(places[place]) - 1] != key {
            place = (place + 1) & (places.count - 1)
        }
        return place
    }

    /// Sixteen neighbours share a cache line, since they come and go together; the lines are spread by a mixed hash.
    private func home(of key: Key) -> Int {
        let ordinal = key.ordinal
        var bits = ordinal >> 4
        bits = (bits ^ (bits >> 32)) &* 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 29)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 32)) << 4 | ordinal & 15
        return Int(truncatingIfNeeded: bits & UInt64(truncatingIfNeeded: places.count &- 1))
    }

    private mutating func grow(_ keys: [Key]) {
        let old = places
        places = [UInt32](repeating: 0, count: max(64, old.count * 2))
        for entry in old where entry != 0 {
            places[place(of: keys[Int(entry) - 1], in: keys)] = entry
        }
    }
}
