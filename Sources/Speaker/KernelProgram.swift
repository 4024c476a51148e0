package import Addresses
package import Announcement
package import Kernel
package import Timing

/// What of ours should be in the kernel, and the changes that bring it there. Pure: links are named by index, and the
/// sink's index is given.
package struct KernelProgram: Sendable {
    /// What the kernel answers for, with the links it does so on.
    package private(set) var answers: Set<Answer> = []
    /// The number of links on which an address has the proxy method: its one route stays until the last goes.
    private var proxies: [IPAddress: Int] = [:]
    /// VIPs that routers send here by BGP: they need the route and no more.
    package private(set) var routed: Set<IPAddress> = []
    /// The lease last set, in whole seconds.
    package private(set) var leaseSeconds: UInt32 = 4
    /// When the lease last set runs out; nil before the first one.
    private var leaseEndsAt: Instant?

    package init() {}

    /// Begins with what the kernel holds.
    package mutating func adopt(_ held: some Sequence<Answer>) { for answer in held { insert(answer) } }

    /// Wants just these from now on; `repair` brings the kernel there.
    package mutating func replace(with answers: some Sequence<Answer>) {
        self.answers = []
        proxies = [:]
        adopt(answers)
    }

    /// The changes that make the kernel answer.
    package mutating func answer(_ more: [Answer], sink: Int32) -> [KernelChange] {
        for answer in more { insert(answer) }
        return more.flatMap { Self.additions(for: $0, sink: sink, leaseSeconds: leaseSeconds) }
    }

    /// The changes that make it stop, proxy entries first: an address without a route is answered for by nobody.
    package mutating func silence(_ gone: [Answer], sink: Int32) -> [KernelChange] {
        var changes: [KernelChange] = []
        var routes: [KernelChange] = []
        for answer in gone where answers.remove(answer) != nil {
            switch answer.method {
            case .address: changes.append(.removeAddress(IPPrefix(host: answer.address), index: answer.link))
            case .proxy:
                changes.append(.removeProxy(answer.address, index: answer.link))
                proxies[answer.address, default: 1] -= 1
                if proxies[answer.address] == 0 {
                    proxies[answer.address] = nil
                    guard !routed.contains(answer.address) else { continue }
                    routes.append(.removeRoute(answer.address, outputIndex: sink))
                }
            }
        }
        return changes + routes
    }

    /// The changes after which just these VIPs have the route for BGP's sake.
    package mutating func route(_ addresses: Set<IPAddress>, sink: Int32) -> [KernelChange] {
        let (more, fewer) = (addresses.subtracting(routed), routed.subtracting(addresses))
        routed = addresses
        return more.sorted().filter { proxies[$0] == nil }
            .map { Self.routeAddition($0, sink: sink) }
            + fewer.sorted().filter { proxies[$0] == nil }.map { .removeRoute($0, outputIndex: sink) }
    }

    /// True if a VIP should have the route.
    package func wantsRoute(_ address: IPAddress) -> Bool { routed.contains(address) || proxies[address] != nil }

    /// The changes that let everything live for that long from now: one for all proxy entries, one for each address.
    package mutating func setLease(_ duration: Duration, sink: Int32, at now: Instant) -> [KernelChange] {
        leaseEndsAt = now + duration
        // Rounded up: a lease that ends early takes the VIPs with it.
        leaseSeconds = UInt32(
            clamping: max(1, duration.components.seconds + (duration.components.attoseconds > 0 ? 1 : 0)))
        return [.setAddress(KernelOwner.leaseAddress, index: sink, validSeconds: leaseSeconds)]
            + answers.filter { $0.method == .address }.map {
                .setAddress($0.address, index: $0.link, validSeconds: leaseSeconds)
            }
    }

    /// The least changes from what is seen to what should be. What is ours and not wanted goes. What somebody removed
    /// comes back for the rest of its time and no longer: a lease that lapsed stays lapsed, and so does an address.
    package func repair(_ seen: KernelSight, sink: Int32, at now: Instant) -> [KernelChange] {
        var changes: [KernelChange] = []
        var wantedRoutes: Set<IPAddress> = []
        var isLeaseAlive = seen.isLeaseAlive
        let rest = leaseRest(at: now)
        if !isLeaseAlive, leaseEndsAt != nil, let rest, holdsRoutes {
            // First: without it the kernel refuses the routes that name it.
            changes.append(.setAddress(KernelOwner.leaseAddress, index: sink, validSeconds: rest))
            isLeaseAlive = true
        }
        for answer in answers.sorted(by: { ($0.address, $0.link) < ($1.address, $1.link) }) {
            switch answer.method {
            case .address:
                if let rest, !seen.addresses.contains(.init(address: answer.address, link: answer.link)) {
                    changes.append(.setAddress(answer.address, index: answer.link, validSeconds: rest))
                }
            case .proxy:
                if wantedRoutes.insert(answer.address).inserted, isLeaseAlive, !seen.routes.contains(answer.address) {
                    changes.append(.addRoute(answer.address, outputIndex: sink, source: KernelOwner.leaseAddress))
                }
                if !seen.proxies.contains(.init(address: answer.address, link: answer.link)) {
                    changes.append(.addProxy(answer.address, index: answer.link))
                }
            }
        }
        for address in routed.sorted()
        where wantedRoutes.insert(address).inserted && isLeaseAlive && !seen.routes.contains(address) {
            changes.append(Self.routeAddition(address, sink: sink))
        }
        let wanted = { (method: AnnouncementMethod, place: KernelSight.Place) in
            answers.contains(Answer(address: place.address, link: place.link, method: method))
        }
        changes += seen.proxies.sorted().filter { !wanted(.proxy, $0) }.map { .removeProxy($0.address, index: $0.link) }
        changes += seen.addresses.sorted().filter { !wanted(.address, $0) }
            .map { .removeAddress(IPPrefix(host: $0.address), index: $0.link) }
        changes += seen.routes.sorted().filter { !wantedRoutes.contains($0) }.map {
            .removeRoute($0, outputIndex: sink)
        }
        return changes
    }

    /// The whole seconds that are left of the lease, nil if there is none: what is put back must not outlive it. Before the
    /// first lease a whole one, for what an earlier process left in another way.
    private func leaseRest(at now: Instant) -> UInt32? {
        guard let leaseEndsAt else { return leaseSeconds }
        let seconds = (leaseEndsAt - now).components.seconds
        return seconds > 0 ? UInt32(clamping: seconds) : nil
    }

    /// The lease is an IPv4 address and holds no IPv6 route: one that is left over drops what no router sends any more,
    /// and goes at the next start.
    private static func routeAddition(_ address: IPAddress, sink: Int32) -> KernelChange {
        .addRoute(
            address, outputIndex: sink, source: address.family == .ipv4 ? KernelOwner.leaseAddress : nil)
    }

    /// True if something hangs on the lease.
    private var holdsRoutes: Bool { !proxies.isEmpty || routed.contains { $0.family == .ipv4 } }

    private mutating func insert(_ answer: Answer) {
        if answers.insert(answer).inserted, answer.method == .proxy { proxies[answer.address, default: 0] += 1 }
    }

    private static func additions(for answer: Answer, sink: Int32, leaseSeconds: UInt32) -> [KernelChange] {
        switch answer.method {
        case .address: [.setAddress(answer.address, index: answer.link, validSeconds: leaseSeconds)]
        // The route first: without it, an entry for an address of the link's own subnet answers nothing.
        case .proxy:
            [
                .addRoute(answer.address, outputIndex: sink, source: KernelOwner.leaseAddress),
                .addProxy(answer.address, index: answer.link),
            ]
        }
    }
}
