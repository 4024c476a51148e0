import Addresses
import BGP
import BGPTransport
import ClusterConfiguration
import Eligibility
import LinkSockets

/// What a `BGPPeer` means for a session, once its password is known.
struct PeerPlan: Sendable, Hashable {
    var endpoint: PeerEndpoint
    var configuration: PeerConfiguration

    /// Why a peer has no session for now.
    enum Obstacle: Error, Sendable, Hashable, CustomStringConvertible {
        case passwordMissing(secret: String)
        case passwordTooLong
        /// Nobody is known yet at the other end of the interface.
        case routerUnknown(interface: String, RouterFinder.Obstacle)

        /// True if it does not end by itself.
        var needsAPerson: Bool {
            if case .routerUnknown = self { false } else { true }
        }

        var description: String {
            switch self {
            case .passwordMissing(let secret): "waits for Secret \"\(secret)\""
            case .passwordTooLong: "the password is empty or longer than \(TCPPassword.maximumLength) bytes"
            case .routerUnknown(let interface, let why): "interface \"\(interface)\": \(why)"
            }
        }
    }

    /// - Parameters:
    ///   - secrets: the passwords read so far, by the name of their Secret.
    ///   - routers: who was found on interfaces that unnumbered peers name, or why nobody was.
    init(
        _ peer: Configuration.Peer, node: NodeFacts, secrets: [String: String],
        routers: [String: Result<IPAddress, Obstacle>] = [:]
    ) throws(Obstacle) {
        var endpoint: PeerEndpoint
        switch peer.endpoint {
        case .address(let address, let zone):
            endpoint = PeerEndpoint(address: address)
            endpoint.zone = zone
        case .interface(let name):
            let found = routers[name] ?? .failure(.routerUnknown(interface: name, .routerSilent))
            endpoint = PeerEndpoint(address: try found.get())
            endpoint.zone = name
        }
        endpoint.port = peer.port
        endpoint.source = peer.sourceAddress
        endpoint.device = peer.vrf
        endpoint.distance = peer.isInternal || peer.isMultiHop ? .multihop : .direct
        endpoint.password = try Self.password(of: peer, secrets)
        endpoint.userTimeout = peer.holdTime > .zero ? peer.holdTime : .seconds(90)
        self.endpoint = endpoint
        configuration = PeerConfiguration(peer, identifier: Self.identifier(of: peer, node))
    }

    private static func password(
        of peer: Configuration.Peer, _ secrets: [String: String]
    ) throws(Obstacle) -> TCPPassword? {
        let text: String
        switch peer.authentication {
        case .none: return nil
        case .password(let given): text = given
        case .secret(let name):
            guard let read = secrets[name] else { throw .passwordMissing(secret: name) }
            text = read
        }
        guard let password = TCPPassword(text) else { throw .passwordTooLong }
        return password
    }

    /// What is configured, else the node's IPv4 address, else a number that follows from the node's name: stable over
    /// restarts, and never zero (a node of IPv6 alone needs one too).
    private static func identifier(of peer: Configuration.Peer, _ node: NodeFacts) -> BGPIdentifier {
        if let configured = peer.routerID.flatMap(BGPIdentifier.init(_:)) { return configured }
        if let own = node.internalIPv4.flatMap(BGPIdentifier.init(_:)) { return own }
        return BGPIdentifier(hashing: node.name)
    }
}

extension Configuration.Peer {
    /// True if the peer is of the own AS.
    var isInternal: Bool {
        switch remoteAS {
        case .number(let number): number == (localASN ?? myASN)
        case .internal: true
        case .external: false
        }
    }
}

extension PeerConfiguration {
    /// How long a router keeps the routes of a speaker that restarts: RFC 4724's default.
    static let restartSeconds: UInt16 = 120

    init(_ peer: Configuration.Peer, identifier: BGPIdentifier) {
        let remote: RemoteAS =
            switch peer.remoteAS {
            case .number(let number): .number(number)
            case .internal: .internal
            case .external: .external
            }
        var families: Set<AddressFamily> = []
        if case .address(let address, _) = peer.endpoint {
            families = peer.isDualStack ? [.ipv4Unicast, .ipv6Unicast] : [AddressFamily(address.family)]
            self.init(myASN: peer.myASN, remoteAS: remote, identifier: identifier, families: families)
            // IPv4 routes over IPv6 go by way of IPv6 where both ends can
            offersExtendedNextHop = peer.isDualStack && address.family == .ipv6
        } else {
            self.init(
                myASN: peer.myASN, remoteAS: remote, identifier: identifier, families: [.ipv4Unicast, .ipv6Unicast])
            offersExtendedNextHop = true
        }
        localASN = peer.localASN
        holdSeconds = UInt16(clamping: peer.holdTime.components.seconds)
        keepaliveTime = peer.keepaliveTime
        connectTime = peer.connectTime ?? .seconds(10)
        gracefulRestartSeconds = peer.isGracefulRestartEnabled ? Self.restartSeconds : nil
    }
}
