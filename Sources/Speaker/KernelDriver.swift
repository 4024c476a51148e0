import Addresses
import Announcement
import Glibc
import Kernel
import Logging
import Metrics
import Timing

/// Keeps the kernel as `KernelProgram` wants it. Used on the speaker's event loop only.
final class KernelDriver {
    private let session: KernelSession
    private let logger: Logger
    private(set) var program = KernelProgram()
    private(set) var sink: Int32 = 0
    private var ipvsIndex: Int32?
    /// By interface index; none of ours.
    private var ownAddresses: [Int32: Set<IPAddress>] = [:]
    /// Entries of ours that somebody else removed and that were put back.
    private(set) var repairs = 0
    /// Changes that the kernel refused.
    private(set) var refusals = 0
    /// Whether the lease was there when the kernel was last read; nil before.
    private(set) var isLeaseAlive: Bool?
    private var reported: Set<KernelError> = []
    private let repairCounter = Counter(label: "toono_kernel_repairs_total")
    private let refusalCounter = Counter(label: "toono_kernel_refusals_total")
    private let leaseGauge = Gauge(label: "toono_lease_refreshed_timestamp_seconds")

    init(logger: Logger) throws(KernelError) {
        session = try KernelSession()
        self.logger = logger
    }

    // MARK: - Start

    /// Makes the sink, or finds the one that is there, and takes over what the kernel answers for already.
    func prepare() throws(KernelError) -> [Answer] {
        sink = try session.ensureSink().index
        let sight = try sight()
        isLeaseAlive = sight.isLeaseAlive
        let held = sight.held
        program.adopt(held)
        return held
    }

    // MARK: - Links

    /// The node's interfaces with the addresses that are its own.
    func links() throws(KernelError) -> [LinkFacts] {
        let addresses = Dictionary(
            grouping: try session.addresses().filter { $0.protocolNumber != KernelOwner.protocolNumber }, by: \.index)
        let links = try session.links()
        ipvsIndex = links.first { $0.name == LocalAddresses.ipvsDevice }?.index
        ownAddresses = addresses.mapValues { Set($0.map(\.prefix.address)) }
        return links.compactMap { link in
            guard let mac = link.mac, !link.isLoopback else { return nil }
            return LinkFacts(
                index: link.index, name: link.name, mac: mac, isUp: link.isUp, hasCarrier: link.isRunning,
                canAnnounce: link.canBroadcast && !link.hasNoARP, hasMaster: link.master != nil,
                addresses: (addresses[link.index] ?? []).map(\.prefix),
                unforwarded: Forwarding.unforwarded(from: link.name))
        }
    }

    /// The addresses on devices that take no part, as `links()` read them last.
    func locals(besides participants: Set<Int32>) -> LocalAddresses {
        LocalAddresses(
            elsewhere: ownAddresses.filter { !participants.contains($0.key) }.reduce(into: []) {
                $0.formUnion($1.value)
            },
            isIPVS: ipvsIndex != nil)
    }

    /// The default gateways, by interface index.
    func gateways() throws(KernelError) -> [Int32: IPAddress] { try session.defaultGateways() }

    /// Makes the kernel answer at once for proxy entries of a link.
    func prepareLink(_ index: Int32) { apply([.setProxyDelay(index: index, milliseconds: 0, family: .ipv4)]) }

    // MARK: - Announcing

    func answer(_ answers: [Answer]) { apply(program.answer(answers, sink: sink)) }
    func silence(_ answers: [Answer]) { apply(program.silence(answers, sink: sink)) }
    func route(_ addresses: Set<IPAddress>) { apply(program.route(addresses, sink: sink)) }
    func setLease(_ duration: Duration, at now: Instant) {
        apply(program.setLease(duration, sink: sink, at: now))
        // A moment and not an age: of a speaker that hangs, the age would stand still.
        leaseGauge.record(Int64(time(nil)))
    }

    /// Wants just these from now on: what an earlier process left in another way is changed over.
    func settle(on answers: [Answer], at now: Instant) {
        program.replace(with: answers)
        repair(at: now)
    }

    /// Compares the kernel with what should be there and mends the difference.
    func repair(at now: Instant) {
        do {
            sink = try session.ensureSink().index
            let sight = try sight()
            isLeaseAlive = sight.isLeaseAlive
            let changes = program.repair(sight, sink: sink, at: now)
            guard !changes.isEmpty else { return }
            repairs += changes.count
            repairCounter.increment(by: changes.count)
            logger.notice("repaired what others changed in the kernel", metadata: ["changes": "\(changes.count)"])
            apply(changes)
        } catch {
            report(error)
        }
    }

    /// True if the route is one that should be there.
    func wants(_ route: Route) -> Bool {
        route.outputIndex == sink && program.wantsRoute(route.prefix.address)
    }

    private func sight() throws(KernelError) -> KernelSight {
        KernelSight(
            routes: try session.routes(), proxies: try session.proxyNeighbors(), addresses: try session.addresses(),
            sink: sink)
    }

    private func apply(_ changes: [KernelChange]) {
        guard !changes.isEmpty else { return }
        do {
            for failure in try session.apply(changes) { report(failure.error) }
        } catch {
            report(error)
        }
    }

    /// Says each refusal once, until something else happens: a retry each second must not fill the log.
    private func report(_ error: KernelError) {
        refusals += 1
        refusalCounter.increment()
        if reported.count > 100 { reported = [] }
        if reported.insert(error).inserted { logger.error("kernel refused a change", metadata: ["error": "\(error)"]) }
    }
}
