/// How many addresses of a pool are taken and how many are left (`IPAddressPool.status`).
///
/// An address that several Services share counts once. Addresses that `avoidBuggyIPs` keeps back count nowhere. Numbers
/// that 64 bits cannot hold stay at their greatest.
package struct PoolUsage: Sendable, Hashable {
    package var pool: String
    package var assignedIPv4: Int64
    package var assignedIPv6: Int64
    package var availableIPv4: Int64
    package var availableIPv6: Int64

    package init(
        pool: String, assignedIPv4: Int64 = 0, assignedIPv6: Int64 = 0, availableIPv4: Int64 = 0,
        availableIPv6: Int64 = 0
    ) {
        self.pool = pool
        self.assignedIPv4 = assignedIPv4
        self.assignedIPv6 = assignedIPv6
        self.availableIPv4 = availableIPv4
        self.availableIPv6 = availableIPv6
    }
}
