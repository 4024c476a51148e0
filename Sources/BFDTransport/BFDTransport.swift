import Addresses
package import BFD
package import NIOCore
import Timing

/// The node's BFD sessions on UDP: performs what each `BFDSession` asks for. Used on its event loop only, which should
/// have little else to do: at 50 ms × 3 a turn that takes long is a failure that is none.
package final class BFDTransport {
    private struct Entry {
        var session: BFDSession
        let path: BFDPath
        let sender: BFDSender
        /// Nil where no echo function is wanted, or cannot be: of more hops, and of IPv6.
        var echo: EchoPort?
        let onChange: (BFDStateChange) -> Void
    }

    private let loop: any EventLoop
    private var entries: [UInt32: Entry] = [:]
    private var demultiplexer = BFDDemultiplexer()
    private var receivers: [BFDReceiver] = []
    private var multiHopReceivers: [IPFamily: BFDReceiver] = [:]
    private var timers = TimerQueue<UInt32>()
    private var timer: Scheduled<Void>?
    private var timerDeadline: Instant?
    private var random = SystemRandomNumberGenerator()

    /// A node without sessions and sockets.
    package init(on loop: any EventLoop) { self.loop = loop }

    private var now: Instant { Instant(nanoseconds: Int64(clamping: loop.now.uptimeNanoseconds)) }

    /// Opens the sockets that packets come to, in the network namespace of the loop's thread.
    package func open() throws(BFDSocketError) -> EventLoopFuture<Void> {
        let this = NIOLoopBound(self, eventLoop: loop)
        var opened: [EventLoopFuture<Void>] = []
        for family in IPFamily.allCases {
            for kind in BFDPath.Kind.allCases {
                let receiver = try BFDReceiver.open(family, kind, on: loop) { this.value.receive($0) }
                opened.append(
                    receiver.map { receiver in
                        this.value.receivers.append(receiver.value)
                        guard kind == .multiHop else { return }
                        this.value.multiHopReceivers[family] = receiver.value
                        this.value.refreshFilters()
                    })
            }
        }
        return EventLoopFuture.andAllSucceed(opened, on: loop)
    }

    // MARK: - Sessions

    /// Begins a session on a path, which has none.
    /// - Parameter onChange: called on the loop with each change of its state.
    /// - Returns: the session's discriminator.
    package func start(
        _ path: BFDPath, _ settings: BFDSettings, onChange: @escaping (BFDStateChange) -> Void
    ) throws(BFDSocketError) -> UInt32 {
        let sender = try BFDSender(path)
        let discriminator = demultiplexer.discriminator(for: path, using: &random)
        entries[discriminator] = Entry(
            session: BFDSession(discriminator: discriminator, settings: settings, using: &random), path: path,
            sender: sender, onChange: onChange)
        refreshFilters()
        followEcho(discriminator)
        handle(.started, of: discriminator)
        return discriminator
    }

    /// Changes a session while it runs: by a Poll sequence, without a flap.
    package func configure(_ discriminator: UInt32, _ settings: BFDSettings) {
        guard entries[discriminator]?.session.settings != settings else { return }
        handle(.settingsChanged(settings), of: discriminator)
        refreshFilters()
        followEcho(discriminator)
    }

    /// A session with the echo function has a port for it, and no other has.
    private func followEcho(_ discriminator: UInt32) {
        guard let entry = entries[discriminator] else { return }
        if entry.session.settings.echoInterval == nil {
            entry.echo?.close()
            entries[discriminator]?.echo = nil
        } else if entry.echo == nil {
            let port = EchoPort(entry.path, on: loop) { [unowned self] in
                receive(echo: $0, heardBy: discriminator)
            }
            port.open()
            entries[discriminator]?.echo = port
        }
    }

    private func receive(echo payload: [UInt8], heardBy discriminator: UInt32) {
        // what is of no session is counted there
        guard let echo = try? demultiplexer.route(echo: payload, heardBy: discriminator) else { return }
        handle(.echoReturned(echo), of: discriminator)
    }

    /// Ends a session; the peer is told that this is no failure.
    package func stop(_ discriminator: UInt32) { handle(.ended, of: discriminator) }

    /// A session as people see it.
    package func status(_ discriminator: UInt32) -> BFDStatus? { entries[discriminator]?.session.status }

    /// Closes everything at once, without a word.
    package func close() {
        timer?.cancel()
        for entry in entries.values { entry.echo?.close() }
        entries = [:]
        for receiver in receivers { receiver.close() }
        receivers = []
        multiHopReceivers = [:]
    }

    // MARK: - Events and effects

    private func receive(_ datagram: BFDDatagram) {
        // what is for no session is counted there
        guard let (discriminator, message) = try? demultiplexer.route(datagram) else { return }
        handle(.received(message, hopLimit: datagram.hopLimit), of: discriminator)
    }

    private func handle(_ event: BFDEvent, of discriminator: UInt32) {
        guard let effects = entries[discriminator]?.session.handle(event, at: now, using: &random) else { return }
        for effect in effects {
            guard let entry = entries[discriminator] else { return }
            switch effect {
            case .stateChanged(let change):
                entry.echo?.open()
                entry.onChange(change)
            case .send(let bytes): entry.sender.send(bytes)
            case .sendEcho(let bytes): entry.echo?.send(bytes)
            case .finished:
                entry.echo?.close()
                entries[discriminator] = nil
                demultiplexer.remove(discriminator)
                refreshFilters()
            }
        }
        if let deadline = entries[discriminator]?.session.nextDeadline {
            timers.set(discriminator, at: deadline)
        } else {
            timers.cancel(discriminator)
        }
        scheduleTimer()
    }

    private func refreshFilters() {
        var least: [IPAddress: UInt8] = [:]
        for entry in entries.values where entry.path.kind == .multiHop {
            least[entry.path.remote] = entry.session.settings.minimumHopLimit
        }
        for (family, receiver) in multiHopReceivers {
            receiver.setFilter(HopLimitFilter.multiHop(family, least: least))
        }
    }

    // MARK: - Time

    private func scheduleTimer() {
        guard timerDeadline != timers.next else { return }
        timer?.cancel()
        timerDeadline = timers.next
        guard let deadline = timerDeadline else { return }
        let this = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(clamping: deadline.nanoseconds))) {
            this.value.tick()
        }
    }

    /// A loop that comes late has packets waiting in its sockets, which are read first: nobody is declared gone while
    /// his packet lies there.
    private func tick() {
        let lateness = timerDeadline.map { now - $0 } ?? .zero
        timerDeadline = nil
        guard lateness > .milliseconds(2) else { return fire() }
        let this = NIOLoopBound(self, eventLoop: loop)
        loop.scheduleTask(in: .microseconds(200)) { this.value.fire() }
    }

    private func fire() {
        while let discriminator = timers.popDue(at: now) { handle(.tick, of: discriminator) }
        scheduleTimer()
    }
}
