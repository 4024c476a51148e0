import Addresses
import BGP
import BGPTransport
import NIOCore
import TestSupport

/// One of our speakers with one peer, on a loop in a namespace.
final class TestSpeaker: Sendable {
    struct Parts: Sendable {
        let peer: NIOLoopBound<PeerTransport>
        let table: NIOLoopBound<RouteTable>
    }

    let place: NamespaceLoop
    let parts: Parts
    let reports: Mailbox<PeerReport>

    convenience init(
        in namespace: NetworkNamespace, to endpoint: PeerEndpoint, _ configuration: PeerConfiguration
    ) async throws {
        try await self.init(at: NamespaceLoop(in: namespace), to: endpoint, configuration)
    }

    init(at place: NamespaceLoop, to endpoint: PeerEndpoint, _ configuration: PeerConfiguration) async throws {
        self.place = place
        let reports = Mailbox<PeerReport>()
        self.reports = reports
        let loop = place.loop
        parts = try await place.run {
            let table = RouteTable()
            let peer = PeerTransport(
                name: "router", endpoint: endpoint, configuration: configuration, table: table, on: loop
            ) { _, report in reports.post(report) }
            return Parts(
                peer: NIOLoopBound(peer, eventLoop: loop), table: NIOLoopBound(table, eventLoop: loop))
        }
    }

    /// Runs a closure with the peer.
    @discardableResult
    func peer<Value: Sendable>(_ body: @escaping @Sendable (PeerTransport) throws -> Value) async throws -> Value {
        try await place.run { [parts] in try body(parts.peer.value) }
    }

    func start(isRestarted: Bool = false) async throws { try await peer { $0.start(isRestarted: isRestarted) } }

    func routes(_ change: @escaping @Sendable (inout ExportTable) -> Void) async throws {
        try await place.run { [parts] in parts.table.value.change(change) }
    }

    @discardableResult
    func established(within limit: Duration = .seconds(20)) async throws -> SessionTerms {
        let report = try await reports.take(within: limit) {
            if case .established = $0 { true } else { false }
        }
        guard case .established(let terms, _) = report else { throw NamespaceLoop.Failure(errno: 0) }
        return terms
    }

    /// Accepts connections of the peer.
    func listen(_ password: TCPPassword? = nil) async throws {
        let opened = Mailbox<Bool>()
        try await peer { [place] peer in
            let (address, family) = (peer.endpoint.address, peer.endpoint.address.family)
            let peer = NIOLoopBound(peer, eventLoop: place.loop)
            PeerListener.open(family, port: 179, on: place.loop) { $0 == address ? peer.value : nil }
                .flatMap { listener in
                    password.map { listener.value.setKey($0, for: address) } ?? place.loop.makeSucceededVoidFuture()
                }
                .whenComplete { result in opened.post((try? result.get()) != nil) }
        }
        guard try await opened.take() else { throw RouterFailure(words: "the speaker cannot listen") }
    }

    /// Leaves the peer and waits until that is done.
    func stop(_ departure: Departure) async throws {
        try await peer { $0.stop(departure) }
        _ = try await reports.take { $0 == .stopped }
    }

    var status: PeerStatus { get async throws { try await peer { $0.status } } }

    func close() async throws {
        try await peer { $0.close() }
        try await place.close()
    }
}

func addressOf(_ text: String) -> IPAddress { IPAddress(text) ?? IPAddress(v4: 0) }

func prefixOf(_ text: String) -> IPPrefix { IPPrefix(host: addressOf(text)) }

extension PeerConfiguration {
    /// AS 65001 toward AS 65000.
    static func external(_ families: Set<AddressFamily> = [.ipv4Unicast], myASN: UInt32 = 65001) -> PeerConfiguration {
        var configuration = PeerConfiguration(
            myASN: myASN, remoteAS: .number(65000), identifier: identifier, families: families)
        configuration.connectTime = .seconds(1)
        return configuration
    }

    static let identifier = BGPIdentifier(hashing: "edge1")
}
