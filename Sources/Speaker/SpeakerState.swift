import Addresses
import Announcement
import Eligibility
import KubernetesObjects
import Ownership
import Reasons

/// What a speaker shows of itself on `/state`.
package struct SpeakerState: Sendable, Encodable {
    package var node: String
    package var links: [Link]
    package var addresses: [Address]
    package var kernel: Kernel
    /// The BGP sessions, in order of name.
    package var sessions: [Session] = []
    /// False while the node works from what it knows.
    package var isConnected: Bool
    /// What is wrong with the speaker as a whole.
    package var warnings: [SpeakerWarning]

    /// A link that takes part.
    package struct Link: Sendable, Encodable {
        package var name: String
        package var mac: String
        package var isUsable: Bool
        package var subnets: [String]
        package var peers: [Peer]
    }

    /// Another speaker on the link.
    package struct Peer: Sendable, Encodable {
        package var node: String
        package var isLive: Bool
        package var state: String
        package var address: String?
        package var roundTripMicroseconds: Int
        package var lossPercent: Double
        package var claims: Int
    }

    /// A demanded address.
    package struct Address: Sendable, Encodable {
        package var address: String
        package var services: [String]
        package var candidates: [String]
        /// One entry a link: where the address stands there.
        package var standings: [Standing]
        /// Why this node does not announce it, whoever else may.
        package var reason: String?
        package var message: String?
    }

    /// Where an address stands on a link.
    package struct Standing: Sendable, Encodable {
        package var link: String
        package var state: String
        package var owner: String?
        package var epoch: UInt32
    }

    /// What was done to the kernel besides announcing.
    package struct Kernel: Sendable, Encodable {
        package var repairs: Int
        package var refusals: Int
    }

    init(
        _ session: AnnouncementSession, repairs: Int, refusals: Int, isConnected: Bool, warnings: [SpeakerWarning]
    ) {
        self.warnings = warnings
        node = session.nodeName
        self.isConnected = isConnected
        let links = session.linkFacts
        self.links = links.map { link in
            Link(
                name: link.name, mac: "\(link.mac)", isUsable: link.isUsable,
                subnets: link.addresses.map(\.description),
                peers: session.peers(on: link.index).map(Peer.init))
        }
        addresses = session.cluster.demands.sorted { $0.key < $1.key }.map { address, demand in
            let obstacle = session.obstacle(to: address)
            return Address(
                address: "\(address)", services: demand.services.map(\.description),
                candidates: demand.candidates.keys.sorted(),
                standings: links.compactMap { link in
                    session.status(of: address, on: link.index).map {
                        Standing(link: link.name, state: "\($0.state)", owner: $0.owner, epoch: $0.epoch)
                    }
                }, reason: obstacle?.reason.rawValue, message: obstacle?.message)
        }
        kernel = Kernel(repairs: repairs, refusals: refusals)
    }
}

extension SpeakerState.Peer {
    fileprivate init(_ status: PeerStatus) {
        node = status.nodeName
        isLive = status.state.isLive
        state = "\(status.state)"
        address = status.address?.description
        roundTripMicroseconds = Int(status.roundTrip / .microseconds(1))
        lossPercent = status.loss * 100
        claims = status.claims
    }
}
