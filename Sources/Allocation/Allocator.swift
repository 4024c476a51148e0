package import Addresses
package import ClusterConfiguration
package import KubernetesObjects

/// Who has which address, and who gets which.
///
/// A value without clock or I/O. Everything it knows can be found again from the status of the Services: `adopt` does
/// that once, before the first `reconcile`. All results depend on the order of the calls only.
package struct Allocator: Sendable {
    /// The pools in force.
    package internal(set) var configuration: Configuration
    /// How long a freed address rests before it is given to somebody else while there are others, so that traffic of
    /// clients that still hold it does not reach a stranger.
    package let rest: Duration

    /// In order of name.
    var pools: [PoolState] = []
    var poolByName: [String: Int] = [:]
    /// Pinned pools that assign automatically: by priority, then name.
    var pinnedOrder: [Int] = []
    /// The other pools that assign automatically, by name.
    var openOrder: [Int] = []
    var ranges = RangeIndex([])

    var assignments: [ObjectKey: Assignment] = [:]
    /// Addresses that Services are losing, with the terms on which they had them. They count as used.
    var leaving: [ObjectKey: [IPAddress: SharingTerms]] = [:]
    var uses: [IPAddress: AddressUse] = [:]
    var groups: [SharingTerms.Group: SharingGroup] = [:]
    /// Services that lack something, by the order in which they began to.
    var waiting: [ObjectKey: UInt64] = [:]
    var waitCounter: UInt64 = 0
    /// What Services had before the pools changed under them, so that they get it back if the pools come back.
    var former: [ObjectKey: [IPAddress]] = [:]
    /// Services and PoolServices of another class, which are another controller's.
    var foreign: Set<ObjectKey> = []
    /// True if something became free since the last `takeWaiting()`.
    var hasFreed = false

    /// What a Service has.
    struct Assignment: Sendable {
        var addresses: [IPAddress]
        var terms: SharingTerms
    }

    package init(configuration: Configuration = Configuration(), rest: Duration = .seconds(30)) {
        self.configuration = configuration
        self.rest = rest
        build()
    }

    /// The number of Services with addresses.
    package var assignmentCount: Int { assignments.count }

    /// The number of Services and PoolServices that are another controller's.
    package var foreignCount: Int { foreign.count }

    /// The addresses of a Service.
    package func addresses(of key: ObjectKey) -> [IPAddress] { assignments[key]?.addresses ?? [] }

    /// The Services that have an address, in order of name.
    package func users(of address: IPAddress) -> [ObjectKey] { uses[address]?.users ?? [] }

    /// True if the address lies in a pool of the node pool.
    package func isInPool(_ address: IPAddress, of nodePool: ServiceRequest.NodePoolFacts) -> Bool {
        ranges.position(of: address).map { pools[$0.pool].isOf(nodePool) } ?? false
    }

    /// True if the address lies in a pool.
    package func isInPool(_ address: IPAddress) -> Bool { ranges.position(of: address) != nil }

    /// How much of each pool is taken, in order of the pools' names.
    package var usage: [PoolUsage] { pools.map(\.usage) }

    /// How much of one pool is taken; nil for a pool that there is not.
    package func usage(of pool: String) -> PoolUsage? { poolByName[pool].map { pools[$0].usage } }

    /// Takes a Service's addresses away, because it is gone or served by somebody else.
    /// - Returns: false if it had none.
    @discardableResult
    package mutating func release(_ key: ObjectKey, at now: ContinuousClock.Instant) -> Bool {
        waiting[key] = nil
        former[key] = nil
        foreign.remove(key)
        let wasLeaving = settle(key, listed: [], at: now)
        return vacate(key, at: now) || wasLeaving
    }

    /// The Services that lack something, the longest waiting first, if something became free since the last call;
    /// otherwise none. They are worth another `reconcile`.
    package mutating func takeWaiting() -> [ObjectKey] {
        guard hasFreed else { return [] }
        hasFreed = false
        return waiting.sorted { $0.value < $1.value }.map(\.key)
    }
}
