import Addresses
package import Announcement
import ClusterConfiguration
import Eligibility
import Kernel
package import KubernetesClient
import LinkSockets
package import Logging
import Metrics
import Neighbors
package import NIOCore
package import Ownership
import Reasons
import StateStore
import Timing
import Wire

/// Runs a node's `AnnouncementSession` on one event loop: sockets, kernel and clock on one side, the machine on the
/// other. Everything happens on that loop, so that no protocol timer waits for a thread of the task pool.
package actor SpeakerLoop {
    nonisolated let loop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.executor.asUnownedSerialExecutor() }

    var session: AnnouncementSession
    let kernel: KernelDriver
    let helloPort: UInt16
    let nodeName: String
    let logger: Logger
    private let observer: any SpeakerObserver
    let keeper: StateKeeper?
    let sinkPort: SinkPort
    /// Who plans and tells BGP routes; nil for a speaker of layer 2 alone.
    var routes: RouteLoop?
    /// What those who plan BGP routes were told last.
    var toldRoutes: ToldRoutes?
    var lastPoll: Instant?
    var memory = SpeakerMemory()
    var dataPlane: DataPlane
    private var isConnected = false
    private let serverClock: ServerClock
    private var warnings = SpeakerWarnings(factory: MetricsSystem.factory)
    private let offlineSeconds = Counter(label: "toono_api_offline_seconds_total")
    private(set) var monitor: KernelMonitor?
    var ports: [Int32: LinkPorts] = [:]
    private var random = SystemRandomNumberGenerator()
    private var timer: Scheduled<Void>?
    private var timerDeadline: Instant?
    private var sleepClock = SleepClock()
    private var isRepairDue = false
    private var polls = 0
    private var held: [Answer] = []
    /// True if an earlier process left addresses that this one has not taken over yet.
    var isHolding: Bool { !held.isEmpty }
    private(set) var isStarted = false
    /// Waits for the part in the protocol to end.
    var finished: CheckedContinuation<Void, Never>?
    private(set) var isFinished = false

    /// Opens the kernel's sockets in the namespace of the calling thread.
    /// - Parameters:
    ///   - sinkLoop: another loop, for what VIPs answer beside Services' traffic.
    ///   - keeper: who writes down what changes; nil for a speaker that remembers nothing.
    ///   - dataPlane: what has to be in order before anything is announced.
    package init(
        settings: AnnouncementSession.Settings, keys: OwnershipKeys, helloPort: UInt16, on loop: any EventLoop,
        sinkLoop: any EventLoop,
        observer: any SpeakerObserver, keeper: StateKeeper? = nil,
        dataPlane: DataPlane = DataPlane(url: "", rule: .ignored), serverClock: ServerClock = ServerClock(),
        logger: Logger
    ) throws {
        self.loop = loop
        self.helloPort = helloPort
        nodeName = settings.nodeName
        self.logger = logger
        self.observer = observer
        self.keeper = keeper
        self.dataPlane = dataPlane
        self.serverClock = serverClock
        sinkPort = SinkPort(on: sinkLoop, logger: logger)
        session = AnnouncementSession(settings: settings, keys: keys)
        kernel = try KernelDriver(logger: logger)
    }

    /// Moments are counted on the loop's own monotonic clock.
    var now: Instant { Instant(nanoseconds: Int64(clamping: loop.now.uptimeNanoseconds)) }

    // MARK: - Life

    /// Prepares the kernel, hears its events, and takes over what an earlier process left. Sessions begin with the first
    /// whole picture of the cluster (`updateCluster`).
    package func start() async throws {
        held = try kernel.prepare()
        sinkPort.keepOpen(index: kernel.sink)
        // the lease outlives a process by seconds: routers may still have its routes
        if kernel.isLeaseAlive == true { await routes?.continueRestarted() }
        monitor = try await KernelMonitor.start(on: loop) { events in
            self.assumeIsolated { $0.handle(events) }
        }
        try readLinks()
        if session.linkFacts.isEmpty {
            logger.error(
                "no interface takes part, so nothing is announced: are --interfaces and --exclude-interfaces right?")
        }
        logger.notice("adopted what an earlier process left", metadata: ["addresses": "\(held.count)"])
        schedulePoll()
    }

    /// The API server is heard, or no longer.
    package func setConnected(_ connected: Bool) {
        isConnected = connected
        if connected { handle(.configurationRead) }
    }

    /// Tells the cluster's side something new.
    package func updateCluster(_ change: @Sendable (inout ClusterView) -> Void) {
        perform(session.updateCluster(at: now, using: &random, change))
        let changes = session.takeClusterChanges()
        for kind in changes { keeper?.note(StateStore.Part(kind)) }
        tellRoutes()
        if session.cluster.isComplete, changes.contains(.services) {
            sinkPort.served.ports = session.cluster.servedPorts
        }
        if !isStarted, session.cluster.isComplete {
            isStarted = true
            if !session.cluster.knows(nodeName) {
                logger.error(
                    "no Node has this name, so nothing is announced: is --node-name right?",
                    metadata: ["node": "\(nodeName)"])
            }
            let holdings = Dictionary(grouping: held, by: \.link).mapValues { $0.map(\.address) }
            held = []
            handle(.started(held: holdings, snapshots: memory.ownership))
            memory = SpeakerMemory()
            kernel.settle(on: session.answers, at: now)
        }
    }

    /// Uses other keys from now on.
    package func setKeys(_ keys: OwnershipKeys) { handle(.keysChanged(keys)) }

    /// The state as the HTTP endpoint shows it.
    package var state: SpeakerState {
        SpeakerState(
            session, repairs: kernel.repairs, refusals: kernel.refusals, isConnected: isConnected,
            warnings: warnings.all)
    }

    // MARK: - Events

    func handle(_ event: AnnouncementEvent) {
        perform(session.handle(event, at: now, using: &random))
    }

    private func handle(_ events: [KernelEvent]) {
        var isLinksDue = false
        for event in events {
            switch event {
            case .link, .overrun:
                isLinksDue = true
                isRepairDue = true
            case .address(_, let isOurs, let isRemoval):
                // Renewals of our own are the most frequent of all events.
                if !isOurs { isLinksDue = true }
                // An address that goes takes the proxy entries of its link along, and nobody says so.
                if isRemoval { isRepairDue = true }
            case .routeRemoved(let route): if kernel.wants(route) { isRepairDue = true }
            case .forwarding: isLinksDue = true
            }
        }
        if isLinksDue {
            do { try readLinks() } catch {
                logger.error("cannot read the node's interfaces", metadata: ["error": "\(error)"])
            }
        }
        if isRepairDue { repair() }
    }

    private func readLinks() throws {
        let links = try kernel.links()
        for link in links {
            do { try ports[link.index]?.update(link) } catch { note(error, on: link) }
        }
        handle(.links(links))
        handle(.locals(kernel.locals(besides: Set(session.linkFacts.map(\.index)))))
        handle(.gateways(try kernel.gateways()))
        reopenSockets()
    }

    private func readGateways() {
        do { handle(.gateways(try kernel.gateways())) } catch {
            logger.error("cannot read the node's routes", metadata: ["error": "\(error)"])
        }
    }

    /// Mends what others changed. Only once sessions decide: before, what is held belongs to the last process.
    private func repair() {
        isRepairDue = false
        guard isStarted else { return }
        kernel.repair(at: now)
        sinkPort.keepOpen(index: kernel.sink)
        if let answers = kernel.isLeaseAlive { handle(.kernelAnswers(answers)) }
    }

    /// Proxy entries go without an event, so they are looked at each second.
    private func schedulePoll() {
        loop.scheduleRepeatedTask(initialDelay: .seconds(1), delay: .seconds(1)) { [weak self] task in
            guard let self else { return task.cancel() }
            self.assumeIsolated { $0.poll() }
        }
    }

    private func poll() {
        guard !isFinished else { return }
        holdLease()
        reopenSockets()
        if !session.answers.isEmpty || !kernel.program.routed.isEmpty { repair() }
        if isConnected { handle(.configurationRead) } else { offlineSeconds.increment() }
        // Routes of others wake nobody here, and a gateway may come long after its link's address.
        polls += 1
        if polls % 30 == 0 { readGateways() }
        lookForWarnings()
        observer.poll(session, at: now)
    }

    private func lookForWarnings() {
        warnings.set(.offline, !isConnected)
        warnings.set(.stateNotWritable, keeper?.isFailing ?? false)
        warnings.set(.duplicateNodeName, session.linkFacts.contains { session.isDuplicate(on: $0.index) })
        warnings.set(.kernelRefused, count: kernel.refusals, at: now)
        // Tokens and certificates hold for minutes at least, and a proxy's answer may be somewhat old.
        warnings.set(.clockSkewed, serverClock.skew().map { abs($0 / .seconds(1)) > 60 } ?? false)
        let foreign = session.linkFacts.reduce(0) { sum, link in
            let dropped = session.counters(of: link.index).dropped
            return sum + (dropped[.key] ?? 0) + (dropped[.tag] ?? 0)
        }
        warnings.set(.helloKeyDiffers, count: foreign, at: now)
    }

    // MARK: - Effects

    private func perform(_ effects: [AnnouncementEffect]) {
        for effect in effects {
            switch effect {
            case .open(let facts): open(facts)
            case .close(let link): ports.removeValue(forKey: link)?.close()
            case .answer(let answers): kernel.answer(answers)
            case .silence(let answers): kernel.silence(answers)
            case .setLease(let duration): kernel.setLease(duration, at: now)
            case .send(let link, let bytes, let destination): ports[link]?.sendHello(bytes, to: destination)
            case .frames(let link, let family, let frames): ports[link]?.sendFrames(frames, family)
            case .report(let link, let report):
                observer.observe(report, link: session.facts(of: link), session: session)
                keeper?.note(.ownership)
            case .finished: finish()
            }
        }
        scheduleTimer()
    }

    private func finish() {
        isFinished = true
        finished?.resume()
        finished = nil
    }

    /// Comes back when the machine wants to, and not before.
    private func scheduleTimer() {
        guard timerDeadline != session.nextDeadline else { return }
        timer?.cancel()
        timerDeadline = session.nextDeadline
        guard let deadline = timerDeadline else { return }
        let nanoseconds = UInt64(clamping: Int64(deadline.sinceStart / .nanoseconds(1)))
        timer = loop.scheduleTask(deadline: .uptimeNanoseconds(nanoseconds)) { [weak self] in
            self?.assumeIsolated { $0.tick() }
        }
    }

    private func tick() {
        timerDeadline = nil
        let slept = sleepClock.slept()
        if slept > .zero { handle(.woke(after: slept)) }
        handle(.tick)
    }
}
