import Addresses

/// One range of a pool with what is taken of it.
struct RangeState: Sendable {
    let space: AddressSpace
    /// Taken and resting addresses. Covers the first 2^62 addresses of the range: nobody searches further, and an
    /// address beyond that somebody asks for is known to the allocator's table of uses.
    private var taken: AddressBitmap
    /// Freed addresses and the end of their rest.
    private var resting: [UInt64: ContinuousClock.Instant] = [:]
    /// The same in order of release; an entry that `resting` does not confirm is void.
    private var restOrder: [Rest] = []
    private var restHead = 0

    private struct Rest {
        var place: UInt64
        var end: ContinuousClock.Instant
    }

    init(_ space: AddressSpace) {
        self.space = space
        taken = AddressBitmap(count: UInt64(clamping: space.count))
    }

    /// Takes an address, also one that rests.
    mutating func take(_ address: IPAddress) {
        guard let place = place(of: address) else { return }
        taken.insert(place)
        resting[place] = nil
    }

    /// Frees an address. Until `end` it is given again only if there is no other.
    mutating func free(_ address: IPAddress, restUntil end: ContinuousClock.Instant?) {
        guard let place = place(of: address) else { return }
        guard let end else { return taken.remove(place) }
        resting[place] = end
        restOrder.append(Rest(place: place, end: end))
    }

    /// The lowest address that is neither taken nor resting.
    /// - Parameter chosen: addresses that are about to be taken.
    mutating func firstFree(at now: ContinuousClock.Instant, besides chosen: [IPAddress]) -> IPAddress? {
        wake(now)
        var place = taken.firstFree
        while let found = place, let address = space.address(UInt128(found)) {
            if !chosen.contains(address) { return address }
            place = taken.firstFree(from: found + 1)
        }
        return nil
    }

    /// The address that has rested the longest, and the end of its rest.
    /// - Parameter chosen: addresses that are about to be taken.
    mutating func longestResting(
        besides chosen: [IPAddress]
    ) -> (address: IPAddress, end: ContinuousClock.Instant)? {
        dropVoid()
        return restOrder[restHead...].lazy.compactMap(confirmed).first { !chosen.contains($0.address) }
    }

    /// Everything that rests, for the range that takes this one's place.
    var restingAddresses: [(address: IPAddress, end: ContinuousClock.Instant)] {
        restOrder[restHead...].compactMap(confirmed)
    }

    private func confirmed(_ rest: Rest) -> (address: IPAddress, end: ContinuousClock.Instant)? {
        guard resting[rest.place] == rest.end, let address = space.address(UInt128(rest.place)) else { return nil }
        return (address, rest.end)
    }

    private mutating func wake(_ now: ContinuousClock.Instant) {
        dropVoid()
        while restHead < restOrder.count, restOrder[restHead].end <= now {
            taken.remove(restOrder[restHead].place)
            resting[restOrder[restHead].place] = nil
            restHead += 1
            dropVoid()
        }
    }

    private mutating func dropVoid() {
        while restHead < restOrder.count, resting[restOrder[restHead].place] != restOrder[restHead].end {
            restHead += 1
        }
        // Halving keeps the cost of moving the rest constant on average.
        if restHead > 32, restHead * 2 > restOrder.count {
            restOrder.removeFirst(restHead)
            restHead = 0
        }
    }

    private func place(of address: IPAddress) -> UInt64? {
        guard let number = space.number(of: address), number < UInt128(taken.count) else { return nil }
        return UInt64(number)
    }
}
