import Addresses
import BGP
import BGPTransport
import Glibc
import NIOCore

/// Our speaker as far as its sessions go: the table and the transports of `toono-speaker`, without a cluster. Used on its
/// loop only.
final class BenchSpeaker {
    private let loop: any EventLoop
    private let guardian: PathGuard?
    private let table = RouteTable()
    /// Kept as what is wanted, as BIRD keeps its configuration.
    private let prefixes: [IPPrefix]
    private var peers: [PeerTransport] = []

    /// - Parameter guardian: watches the path to each peer that is up.
    init(count: Int, on loop: any EventLoop, guardian: PathGuard?) {
        self.loop = loop
        self.guardian = guardian
        prefixes = (0..<count).map { IPPrefix(host: IPAddress(v4: 0xC612_0000 + UInt32($0))) }
    }

    /// Begins a session with a router, AS 65001 toward AS 65000.
    func add(_ router: IPAddress) {
        var configuration = PeerConfiguration(
            myASN: 65001, remoteAS: .number(65000), identifier: BGPIdentifier(hashing: "bench"),
            families: [.ipv4Unicast])
        configuration.connectTime = .seconds(1)
        let peer = PeerTransport(
            name: "\(router)", endpoint: PeerEndpoint(address: router), configuration: configuration, table: table,
            on: loop
        ) { [weak self] peer, report in self?.note(report, of: peer) }
        peers.append(peer)
        peer.start()
    }

    func announce() { table.change { table in for prefix in prefixes { table.announce(prefix) } } }

    func withdraw() { table.change { table in for prefix in prefixes { table.withdraw(prefix) } } }

    private func note(_ report: PeerReport, of peer: PeerTransport) {
        switch report {
        case .established:
            say("established \(peer.name)")
            guard let guardian else { return }
            let bound = NIOLoopBound(peer, eventLoop: loop)
            guardian.watch(peer.endpoint.address) { [loop] in loop.execute { bound.value.loseForwarding() } }
        case .down: say("down \(peer.name)")
        case .attemptFailed, .manyRoutesReceived, .stopped: break
        }
    }
}

/// Says something with the wall clock's time in microseconds, as the shell's EPOCHREALTIME has it.
func say(_ words: String) {
    var time = timespec()
    unsafe clock_gettime(CLOCK_REALTIME, &time)
    print(time.tv_sec * 1_000_000 + time.tv_nsec / 1000, words)
    fflush(nil)
}
