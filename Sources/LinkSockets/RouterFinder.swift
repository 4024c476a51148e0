package import Addresses
import CLinux
import Glibc
import Neighbors
package import NIOCore
import Timing

/// Finds the router on an interface, and goes on when the interface comes, goes and comes again: performs what
/// `RouterDiscovery` asks for. Used on its event loop only.
package final class RouterFinder {
    /// Why no router is found yet.
    package enum Obstacle: Sendable, Hashable {
        case interfaceMissing
        /// The interface is down, or has no link-local address yet.
        case noLinkLocalAddress
        /// Nobody advertises itself.
        case routerSilent
        /// The system's words.
        case refused(String)
    }

    private let interface: String
    private let loop: any EventLoop
    private let onFound: (IPAddress) -> Void
    /// Nil while the interface is not usable.
    private var discovery: RouterDiscovery?
    private var socket: FrameSocket?
    private var timer: Scheduled<Void>?
    private var isClosed = false
    /// Tells what belongs to a socket from what belongs to one before.
    private var generation = 0
    /// What keeps the router from being found; nil while one is heard.
    package private(set) var obstacle: Obstacle? = .routerSilent

    private static let lookInterval: TimeAmount = .seconds(1)

    /// A finder for an interface by name.
    /// - Parameter onFound: called on the loop with the router's link-local address whenever it becomes another.
    package init(interface: String, on loop: any EventLoop, onFound: @escaping (IPAddress) -> Void) {
        self.interface = interface
        self.loop = loop
        self.onFound = onFound
    }

    /// The router's link-local address. It stays while the link is down: the session itself notices that, and where
    /// the same router is back it goes on.
    package private(set) var router: IPAddress?

    private var now: Instant { Instant(nanoseconds: Int64(clamping: loop.now.uptimeNanoseconds)) }

    /// Begins, and does not end before `close`.
    package func start() { look() }

    /// The router does not answer as one of BGP: if there are others, it is another's turn.
    package func noteUnanswered() { handle(.unanswered) }

    /// Ends; nothing is reported after that.
    package func close() {
        isClosed = true
        timer?.cancel()
        socket?.close()
        socket = nil
    }

    // MARK: - The interface

    /// Opens the socket if the interface is usable, else looks again in a second.
    private func look() {
        guard !isClosed else { return }
        let index = unsafe if_nametoindex(interface)
        var mac = InlineArray<6, UInt8>(repeating: 0)
        var span = mac.mutableSpan
        let status = unsafe span.withUnsafeMutableBufferPointer {
            unsafe clx_interface_mac(interface, $0.baseAddress)
        }
        guard index > 0, status == 0 else { return lookLater(.interfaceMissing) }
        guard let address = linkLocalAddress else { return lookLater(.noLinkLocalAddress) }
        let octets = mac.indices.map { mac[$0] }
        guard let own = MACAddress(octets: octets) else { return lookLater(.interfaceMissing) }
        open(Int32(bitPattern: index), RouterDiscovery(address: address, mac: own))
    }

    private var linkLocalAddress: IPAddress? {
        let devices = (try? System.enumerateDevices()) ?? []
        return devices.lazy.filter { $0.name == self.interface }.compactMap { device -> IPAddress? in
            device.address?.ipAddress.flatMap { IPAddress(String($0.prefix { $0 != "%" })) }
        }.first { $0.family == .ipv6 && $0.isLinkLocal }
    }

    private func lookLater(_ obstacle: Obstacle) {
        self.obstacle = obstacle
        discovery = nil
        let this = NIOLoopBound(self, eventLoop: loop)
        timer?.cancel()
        timer = loop.scheduleTask(in: Self.lookInterval) { this.value.look() }
    }

    private func open(_ index: Int32, _ discovery: RouterDiscovery) {
        generation += 1
        let (this, mine) = (NIOLoopBound(self, eventLoop: loop), generation)
        do {
            try FrameSocket.open(.routerDiscovery, index: index, name: interface, on: loop) { frame in
                this.value.take(frame, of: mine)
            }.whenComplete { result in
                switch result {
                case .success(let socket): this.value.begin(socket.value, discovery)
                case .failure(let error): this.value.lookLater(.refused("\(error)"))
                }
            }
        } catch {
            lookLater(.refused("\(error)"))
        }
    }

    private func begin(_ socket: FrameSocket, _ discovery: RouterDiscovery) {
        guard !isClosed else { return socket.close() }
        self.socket = socket
        self.discovery = discovery
        obstacle = .routerSilent
        handle(.start)
    }

    private func take(_ frame: [UInt8]?, of generation: Int) {
        guard !isClosed, generation == self.generation else { return }
        if let frame { return handle(.received(frame)) }
        // the link went down or is gone
        socket?.close()
        socket = nil
        lookLater(.noLinkLocalAddress)
    }

    // MARK: - The machine

    private func handle(_ event: RouterDiscovery.Event) {
        guard !isClosed, let effects = discovery?.handle(event, at: now) else { return }
        scheduleTimer()
        for effect in effects {
            switch effect {
            case .send(let frame): socket?.send([frame])
            case .found(let found):
                obstacle = nil
                guard found != router else { continue }
                router = found
                onFound(found)
            }
        }
    }

    private func scheduleTimer() {
        timer?.cancel()
        guard let deadline = discovery?.nextDeadline else { return }
        let this = NIOLoopBound(self, eventLoop: loop)
        timer = loop.scheduleTask(deadline: .uptimeNanoseconds(UInt64(clamping: deadline.nanoseconds))) {
            this.value.handle(.timer)
        }
    }
}

extension RouterFinder.Obstacle: CustomStringConvertible {
    package var description: String {
        switch self {
        case .interfaceMissing: "there is no such interface"
        case .noLinkLocalAddress: "it is down or has no link-local address"
        case .routerSilent: "no router advertises itself there"
        case .refused(let text): text
        }
    }
}
