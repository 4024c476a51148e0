import Addresses

/// A node's kernel: it answers for what was programmed until the lease ends. Expiry is late by up to 1.25 s, as Linux'
/// is (the check runs on rounded ticks).
struct SimulatedKernel: Sendable {
    private(set) var programmed: Set<IPAddress> = []
    /// When the lease ends, in nanoseconds of the node's own clock; the kernel's lateness included.
    private(set) var leaseEndsAt: Int64?

    mutating func setLease(_ length: Int64, lateness: Int64, at now: Int64) { leaseEndsAt = now + length + lateness }
    mutating func program(_ vips: [IPAddress]) { programmed.formUnion(vips) }
    mutating func withdraw(_ vips: [IPAddress]) { programmed.subtract(vips) }

    /// What the node answers for. An ended lease takes the routes away for good.
    mutating func expire(at now: Int64) {
        if let leaseEndsAt, now >= leaseEndsAt {
            programmed = []
            self.leaseEndsAt = nil
        }
    }

    func answers(_ vip: IPAddress, at now: Int64) -> Bool {
        guard let leaseEndsAt, now < leaseEndsAt else { return false }
        return programmed.contains(vip)
    }
}
