import Addresses
package import Announcement
import ClusterConfiguration
import Kernel
import LinkSockets
package import Logging
import Neighbors
package import NIOCore
package import Ownership
import Reasons
package import StateStore
import Timing
import Wire

/// Runs a node's `AnnouncementSession` on one event loop: sockets, kernel and clock on one side, the machine on the
/// other. Everything happens on that loop, so that no protocol timer waits for a thread of the task pool.
package actor SpeakerLoop {
    private nonisolated let loop: any EventLoop
    package nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.executor.asUnownedSerialExecutor() }

    private var session: AnnouncementSession
    private let kernel: KernelDriver
    private let helloPort: UInt16
    private let nodeName: String
    private let logger: Logger
    private let observer: any SpeakerObserver
    private let keeper: StateKeeper?
    private var memory = SpeakerMemory()
    private var isConnected = false
    private var monitor: KernelMonitor?
    private var ports: [Int32: LinkPorts] = [:]
    private var random = SystemRandomNumberGenerator()
    private var timer: Scheduled<Void>?
    private var timerDeadline: Instant?
    private var isRepairDue = false
    private var held: [Answer] = []
    private var isStarted = false
    private var finished: CheckedContinuation<Void, Never>?
    private var isFinished = false

    /// Opens the kernel's sockets in the namespace of the calling thread.
    /// - Parameter keeper: who writes down what changes; nil for a speaker that remembers nothing.
    package init(
        settings: AnnouncementSession.Settings, keys: OwnershipKeys, helloPort: UInt16, on loop: any EventLoop,
        observer: any SpeakerObserver, keeper: StateKeeper? = nil, logger: Logger
    ) throws {
        self.loop = loop
        self.helloPort = helloPort
        nodeName = settings.nodeName
        self.logger = logger
        self.observer = observer
        self.keeper = keeper
        session = AnnouncementSession(settings: settings, keys: keys)
        kernel = try KernelDriver(logger: logger)
    }

    /// Moments are counted on the loop's own monotonic clock.
    private var now: Instant { Instant(nanoseconds: Int64(clamping: loop.now.uptimeNanoseconds)) }

    // MARK: - Life

    /// Prepares the kernel, hears its events, and takes over what an earlier process left. Sessions begin with the first
    /// whole picture of the cluster (`updateCluster`).
    package func start() async throws {
        held = try kernel.prepare()
        monitor = try await KernelMonitor.start(on: loop) { events in
            self.assumeIsolated { $0.handle(events) }
        }
        try readLinks()
        if session.linkFacts.isEmpty {
            logger.error(
                "no interface takes part, so nothing is announced: are --interfaces and --exclude-interfaces right?")
        }
        checkForwarding()
        logger.notice("adopted what an earlier process left", metadata: ["addresses": "\(held.count)"])
        schedulePoll()
    }

    /// Begins with what an earlier process wrote down: the picture of the cluster until the API server gives a newer one.
    /// - Returns: whether that was enough to begin.
    package func restore(_ memory: SpeakerMemory) -> Bool {
        self.memory = memory
        let configuration = memory.configuration.flatMap { resources in
            Configuration.resolve(resources).configuration.map { ($0, resources) }
        }
        updateCluster { view in
            if let services = memory.services { view.replaceServices(services) }
            if let slices = memory.slices { view.replaceSlices(slices) }
            if let nodes = memory.nodes { view.replaceNodes(nodes) }
            if let configuration { view.setConfiguration(configuration.0, from: configuration.1) }
        }
        if isStarted { logger.notice("began with what an earlier process wrote down") }
        return isStarted
    }

    /// What is to be written down of a part.
    package func remembered(_ part: StateStore.Part) -> any Encodable & Sendable {
        switch part {
        case .services: session.cluster.rememberedServices
        case .endpointSlices: session.cluster.rememberedSlices
        case .nodes: session.cluster.rememberedNodes
        case .configuration: session.cluster.rememberedConfiguration
        case .ownership: session.ownershipSnapshots
        }
    }

    /// The API server is heard, or no longer.
    package func setConnected(_ connected: Bool) {
        isConnected = connected
        if connected { handle(.configurationRead) }
    }

    /// Tells the cluster's side something new.
    package func updateCluster(_ change: @Sendable (inout ClusterView) -> Void) {
        perform(session.updateCluster(at: now, using: &random, change))
        for kind in session.takeClusterChanges() { keeper?.note(StateStore.Part(kind)) }
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
        }
    }

    /// Ends the process's part in the protocol so that the next process goes on without a move, and returns when the other
    /// speakers were told.
    package func endForRestart() async {
        guard isStarted, !isFinished else { return }
        handle(.restart)
        guard !isFinished else { return }
        await withCheckedContinuation { finished = $0 }
        for port in ports.values { port.close() }
        try? await monitor?.close()
    }

    /// Uses other keys from now on.
    package func setKeys(_ keys: OwnershipKeys) { handle(.keysChanged(keys)) }

    /// Whether the way to the pods is open.
    package func setDataPlane(_ gate: AnnouncementEvent.Gate) { handle(.dataPlane(gate)) }

    /// The state as the HTTP endpoint shows it.
    package var state: SpeakerState {
        SpeakerState(session, repairs: kernel.repairs, refusals: kernel.refusals, isConnected: isConnected)
    }

    // MARK: - Events

    private func handle(_ event: AnnouncementEvent) {
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
            case .forwarding: checkForwarding()
            }
        }
        if isLinksDue {
            do { try readLinks() } catch {
                logger.error("cannot read the node's interfaces", metadata: ["error": "\(error)"])
            }
        }
        if isRepairDue { repair() }
    }

    /// Without forwarding the kernel answers for no proxy entry, and carries no traffic to pods either.
    private func checkForwarding() {
        switch Forwarding.ipv4 {
        case .on, .unknown: setDataPlane(.open)
        case .off:
            setDataPlane(.shut(.dataPlaneNotReady, "net.ipv4.ip_forward is 0"))
            logger.error("this node does not forward IPv4, so nothing is announced: set net.ipv4.ip_forward to 1")
        }
    }

    private func readLinks() throws {
        let links = try kernel.links()
        for link in links { ports[link.index]?.facts = link }
        handle(.links(links))
    }

    /// Mends what others changed. Only once sessions decide: before, what is held belongs to the last process.
    private func repair() {
        isRepairDue = false
        guard isStarted else { return }
        kernel.repair()
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
        if !session.answers.isEmpty { repair() }
        if isConnected { handle(.configurationRead) }
        observer.poll(session, at: now)
    }

    // MARK: - Effects

    private func perform(_ effects: [AnnouncementEffect]) {
        for effect in effects {
            switch effect {
            case .open(let facts): open(facts)
            case .close(let link): ports.removeValue(forKey: link)?.close()
            case .answer(let answers): kernel.answer(answers)
            case .silence(let answers): kernel.silence(answers)
            case .setLease(let duration): kernel.setLease(duration)
            case .send(let link, let bytes, let destination): send(bytes, on: link, to: destination)
            case .frames(let link, let family, let frames): ports[link]?.sendFrames(frames, family)
            case .report(let link, let report):
                observer.observe(report, link: session.facts(of: link), session: session)
                keeper?.note(.ownership)
            case .finished: finish()
            }
        }
        scheduleTimer()
    }

    private func send(_ bytes: [UInt8], on link: Int32, to destination: OwnershipDestination) {
        switch destination {
        case .multicast: ports[link]?.sendHello(bytes, to: nil)
        case .unicast(let address): ports[link]?.sendHello(bytes, to: address)
        }
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
        handle(.tick)
    }

    // MARK: - Sockets

    private func open(_ facts: LinkFacts) {
        let ports = LinkPorts(facts)
        self.ports[facts.index] = ports
        kernel.prepareLink(facts.index)
        do {
            try openFrames(.arp, on: facts) { speaker, bytes in speaker.receiveARP(bytes, on: facts.index) }
            try openFrames(.neighborAdvertisement, on: facts) { speaker, bytes in
                speaker.receiveAdvertisement(bytes, on: facts.index)
            }
        } catch {
            logger.error("cannot listen on a link", metadata: ["link": "\(facts.name)", "error": "\(error)"])
        }
        for family in IPFamily.allCases { openHello(family, on: facts) }
    }

    private func openFrames(
        _ kind: FrameSocket.Kind, on facts: LinkFacts,
        receive: @escaping @Sendable (isolated SpeakerLoop, [UInt8]) -> Void
    ) throws {
        try FrameSocket.open(kind, index: facts.index, name: facts.name, on: loop) { [weak self] bytes in
            guard let self, let bytes else { return }
            self.assumeIsolated { receive($0, bytes) }
        }.whenComplete { [weak self] result in
            self?.assumeIsolated { speaker in
                switch result {
                case .success(let socket): speaker.ports[facts.index]?.adopt(socket.value, kind)
                case .failure(let error): speaker.note(error, on: facts)
                }
            }
        }
    }

    private func openHello(_ family: IPFamily, on facts: LinkFacts) {
        do {
            try HelloSocket.open(family, index: facts.index, name: facts.name, port: helloPort, on: loop) {
                [weak self] datagram in
                guard let self, let datagram else { return }
                self.assumeIsolated {
                    $0.handle(.datagram(link: facts.index, bytes: datagram.bytes, source: datagram.source))
                }
            }.whenComplete { [weak self] result in
                self?.assumeIsolated { speaker in
                    switch result {
                    case .success(let socket): speaker.ports[facts.index]?.adopt(socket.value, family)
                    case .failure(let error): speaker.note(error, on: facts)
                    }
                }
            }
        } catch {
            note(error, on: facts)
        }
    }

    private func note(_ error: any Error, on facts: LinkFacts) {
        logger.error("cannot open a socket", metadata: ["link": "\(facts.name)", "error": "\(error)"])
    }

    private func receiveARP(_ bytes: [UInt8], on link: Int32) {
        var reader = WireReader(bytes)
        // What is no ARP for IPv4 concerns nobody here.
        guard let packet = try? ARPPacket(decoding: &reader) else { return }
        handle(.arp(link: link, packet))
    }

    private func receiveAdvertisement(_ bytes: [UInt8], on link: Int32) {
        var reader = WireReader(bytes)
        guard let sighting = try? AdvertisementSighting(decoding: &reader) else { return }
        handle(.advertisement(link: link, sighting))
    }
}

extension StateStore.Part {
    fileprivate init(_ kind: ClusterView.Kind) {
        self =
            switch kind {
            case .services: .services
            case .endpointSlices: .endpointSlices
            case .nodes: .nodes
            case .configuration: .configuration
            }
    }
}
