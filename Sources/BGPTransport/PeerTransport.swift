import Addresses
package import BGP
package import NIOCore
import NIOPosix
import Timing

/// The session with one router on TCP: performs what `PeerSession` asks for. Used on its event loop only.
///
/// Routes are encoded when the connection takes bytes and not before: a peer that reads slowly costs no memory, and gets
/// the newest state when it reads again.
package final class PeerTransport {
    /// At most so many bytes of routes wait for the kernel.
    static let budget = 64 << 10

    /// The peer's name, for people.
    package let name: String
    let loop: any EventLoop
    private(set) var session: PeerSession
    /// Where the peer is.
    package private(set) var endpoint: PeerEndpoint
    private var table: RouteTable
    private let report: (PeerTransport, PeerReport) -> Void

    private var connections: [ConnectionID: PeerConnection] = [:]
    private var paths: [ConnectionID: ConnectionPath] = [:]
    private var random = SystemRandomNumberGenerator()
    private var timer: Scheduled<Void>?
    private var timerDeadline: Instant?
    private var queue: [PeerEffect] = []
    private var isPerforming = false
    private var isOutputDue = false
    private var wantsOutput = false
    private var lastIncoming: UInt64 = 0

    /// A peer that waits for `start`.
    /// - Parameter report: called on the loop with what happens; may call back.
    package init(
        name: String, endpoint: PeerEndpoint, configuration: PeerConfiguration, table: RouteTable,
        on loop: any EventLoop, report: @escaping (PeerTransport, PeerReport) -> Void
    ) {
        self.name = name
        self.endpoint = endpoint
        self.loop = loop
        self.table = table
        self.report = report
        session = PeerSession(configuration)
        subscribe()
    }

    private var now: Instant { Instant(nanoseconds: Int64(clamping: loop.now.uptimeNanoseconds)) }

    // MARK: - What its owner asks for

    /// Begins; `isRestarted` if this process goes on where another one ended within the restart time.
    package func start(isRestarted: Bool = false) { handle(.start(isRestarted: isRestarted)) }

    /// Leaves the peer; `PeerReport.stopped` follows.
    package func stop(_ departure: Departure) { handle(.stop(departure)) }

    /// BFD says that the path to the peer is down, having been up.
    package func loseForwarding() { handle(.bfdDown) }

    /// There is news of the peer: no need to wait for the next attempt.
    package func noteReachable() { handle(.reachable) }

    /// Is like this from now on; what does not differ costs nothing. Another endpoint is another session, which
    /// the owner makes; of this one only the password and the timeout can change.
    package func configure(_ configuration: PeerConfiguration, endpoint: PeerEndpoint) {
        self.endpoint = endpoint
        handle(.configure(configuration))
    }

    /// Reads another table from now on.
    package func read(_ new: RouteTable) {
        guard new !== table else { return }
        table.remove(self)
        session.move(from: &table.routes, to: &new.routes)
        table = new
        subscribe()
        scheduleOutput()
    }

    /// Forgets the table; nothing more comes after `stopped`.
    package func close() {
        table.remove(self)
        timer?.cancel()
        for connection in connections.values { connection.abort() }
    }

    /// What people want to know of it.
    package var status: PeerStatus { session.status(table.routes) }

    /// The own and the peer's address of the established connection.
    package var path: ConnectionPath? { session.establishedConnection.flatMap { paths[$0] } }

    /// The configuration in force.
    package var configuration: PeerConfiguration { session.configuration }

    private func subscribe() { table.add(self) { [unowned self] in scheduleOutput() } }

    // MARK: - Events and effects

    func handle(_ event: PeerEvent) {
        queue += session.handle(event, at: now, using: &random)
        perform()
    }

    /// One after the other, although performing one may bring the next event.
    private func perform() {
        guard !isPerforming else { return }
        isPerforming = true
        while !queue.isEmpty { perform(queue.removeFirst()) }
        isPerforming = false
        scheduleTimer()
    }

    private func perform(_ effect: PeerEffect) {
        switch effect {
        case .dial(let id): dial(id)
        case .send(let id, let bytes): write(bytes, to: id)
        case .close(let id): forget(id)?.close()
        case .abort(let id): forget(id)?.abort()
        case .output: scheduleOutput()
        case .release(let reader): table.routes.detach(reader)
        case .established(let terms):
            if let local = path?.local { report(self, .established(terms, local: local)) }
        case .down(let failure): report(self, .down(failure))
        case .attemptFailed(let failure): report(self, .attemptFailed(failure))
        case .manyRoutesReceived(let count): report(self, .manyRoutesReceived(count))
        case .stopped: report(self, .stopped)
        }
    }

    private func forget(_ id: ConnectionID) -> PeerConnection? {
        paths[id] = nil
        return connections.removeValue(forKey: id)
    }

    private func write(_ bytes: [UInt8], to id: ConnectionID) { connections[id]?.write(bytes) }

    // MARK: - Connections

    private func dial(_ id: ConnectionID) {
        let this = NIOLoopBound(self, eventLoop: loop)
        var bootstrap = ClientBootstrap(group: loop)
            // the session gives a dial up when it begins the next
            .connectTimeout(.hours(24))
            .channelInitializer { channel in this.value.prepare(channel, as: id) }
        do {
            if let source = endpoint.source { bootstrap = bootstrap.bind(to: try SocketAddress(source, port: 0)) }
            bootstrap.connect(to: try SocketAddress(endpoint.address, port: endpoint.port)).whenComplete { result in
                switch result {
                case .success(let channel): this.value.didConnect(channel, id)
                case .failure(let error): this.value.handle(.dialFailed(id, describe(error)))
                }
            }
        } catch {
            handle(.dialFailed(id, describe(error)))
        }
    }

    /// Takes a connection that the peer opened and that has just become active.
    func accept(_ channel: any Channel) {
        lastIncoming += 1
        let id = ConnectionID.incoming(lastIncoming)
        let this = NIOLoopBound(self, eventLoop: loop)
        prepare(channel, as: id).whenComplete { result in
            switch result {
            case .success: this.value.didConnect(channel, id)
            case .failure: channel.close(promise: nil)
            }
        }
    }

    private func prepare(_ channel: any Channel, as id: ConnectionID) -> EventLoopFuture<Void> {
        guard var options = SocketOptions(channel) else {
            return channel.eventLoop.makeFailedFuture(ChannelError.operationUnsupported)
        }
        let family = endpoint.address.family
        options.setCommon(family, userTimeout: endpoint.userTimeout)
        options.setDistance(endpoint.distance, family)
        if id.initiator == .us {
            if let password = endpoint.password { options.setKey(password, for: endpoint.address) }
            // a link-local address is one of an interface, not of the VRF that the interface is in
            if let device = endpoint.zone ?? endpoint.device { options.bind(toDevice: device) }
        }
        let this = NIOLoopBound(self, eventLoop: loop)
        return options.result.flatMapThrowing {
            let connection = PeerConnection(channel)
            connection.onProgress = { this.value.noteProgress(id) }
            this.value.connections[id] = connection
            try channel.pipeline.syncOperations.addHandler(
                ConnectionHandler { event in this.value.handle(event, on: id) })
        }
    }

    private func didConnect(_ channel: any Channel, _ id: ConnectionID) {
        guard channel.isActive, connections[id] != nil, let local = channel.localAddress?.address else { return }
        let path = ConnectionPath(from: local, to: endpoint.address)
        paths[id] = path
        handle(.connected(id, path))
    }

    private func handle(_ event: ConnectionHandler.Event, on id: ConnectionID) {
        switch event {
        case .received(let bytes): handle(.received(id, bytes))
        case .closed(let text):
            _ = forget(id)
            handle(.closed(id, text))
        }
    }

    // MARK: - Routes

    private func noteProgress(_ id: ConnectionID) {
        guard let connection = connections[id] else { return }
        handle(.wrote(id, isPending: connection.pending > 0))
        if wantsOutput, connection.pending < Self.budget { scheduleOutput() }
    }

    /// In another turn of the loop: timers and other peers are not kept waiting by a large table.
    private func scheduleOutput() {
        guard !isOutputDue else { return }
        isOutputDue = true
        let this = NIOLoopBound(self, eventLoop: loop)
        loop.execute { this.value.output() }
    }

    private func output() {
        isOutputDue = false
        guard let id = session.establishedConnection, let connection = connections[id] else { return }
        let room = Self.budget - connection.pending
        wantsOutput = room <= 0
        guard room > 0, let output = session.output(from: &table.routes, budget: room, at: now) else { return }
        wantsOutput = output.isMore
        connection.write(output.bytes)
        queue += output.effects
        perform()
        if wantsOutput, connection.pending < Self.budget { scheduleOutput() }
    }

    // MARK: - Time

    private func scheduleTimer() {
        let deadline = session.nextDeadline
        guard timerDeadline != deadline else { return }
        timer?.cancel()
        timerDeadline = deadline
        guard let deadline else { return }
        let this = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(clamping: deadline.nanoseconds))) {
            this.value.timerDeadline = nil
            this.value.handle(.timer)
        }
    }
}
