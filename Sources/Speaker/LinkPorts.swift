import Addresses
import Announcement
import LinkSockets
import Logging
import Metrics
import NIOCore

/// The sockets of one link. Used on the speaker's event loop only.
final class LinkPorts {
    private(set) var facts: LinkFacts
    private var arp: FrameSocket?
    private var discovery: FrameSocket?
    private var hellos: [IPFamily: HelloSocket] = [:]
    private var isClosed = false
    /// Sockets that died with their link and are to be opened again once it is up.
    private var lost: Set<FrameSocket.Kind> = []

    private let metrics: LinkMetrics

    init(_ facts: LinkFacts) {
        self.facts = facts
        metrics = LinkMetrics(link: facts.name, factory: MetricsSystem.factory)
    }

    /// Frames and datagrams that the kernel did not take.
    var dropped: Int { (arp?.dropped ?? 0) + (discovery?.dropped ?? 0) }

    /// Takes in other addresses of the link.
    func update(_ facts: LinkFacts) throws(SocketError) {
        let isOld = facts.addresses == self.facts.addresses
        self.facts = facts
        if !isOld { try setSource() }
    }

    /// Hellos name the node's own address, never a VIP: a kernel that answers for it as well drops what comes from there.
    private func setSource() throws(SocketError) {
        guard let address = facts.addresses.first(where: { $0.address.family == .ipv4 })?.address else { return }
        try hellos[.ipv4]?.setSource(address)
    }

    /// Takes in a socket that opened; closes it if the link went meanwhile.
    func adopt(_ socket: FrameSocket, _ kind: FrameSocket.Kind) {
        guard !isClosed else { return socket.close() }
        switch kind {
        case .arp:
            arp?.close()
            arp = socket
        case .neighborAdvertisement, .neighborDiscovery:
            discovery?.close()
            discovery = socket
        // that of routers is the finder's, that of BFD its sessions'
        case .routerDiscovery, .bfd: socket.close()
        }
    }

    /// Likewise for hellos.
    func adopt(_ socket: HelloSocket, _ family: IPFamily) throws(SocketError) {
        guard !isClosed else { return socket.close() }
        hellos[family] = socket
        try setSource()
    }

    /// A socket died: the kernel ends packet sockets with their interface, though only their reading side.
    func lose(_ kind: FrameSocket.Kind) { if !isClosed { lost.insert(kind) } }

    /// The sockets to open again now; they are not lost any more.
    func takeLost() -> Set<FrameSocket.Kind> {
        guard facts.isUp, !isClosed else { return [] }
        defer { lost = [] }
        return lost
    }

    func sendFrames(_ frames: [[UInt8]], _ family: IPFamily) {
        guard let socket = family == .ipv4 ? arp : discovery else { return }
        let dropped = socket.dropped
        socket.send(frames)
        metrics.sent(frames, family, dropped: socket.dropped - dropped)
    }

    func sendHello(_ bytes: [UInt8], to destination: HelloDestination) {
        switch destination {
        case .groups(let families): for family in families { hellos[family]?.send(bytes) }
        case .member(let address): hellos[address.family]?.send(bytes, to: address)
        }
    }

    func close() {
        isClosed = true
        arp?.close()
        discovery?.close()
        hellos.values.forEach { $0.close() }
    }
}
