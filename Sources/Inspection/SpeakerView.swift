/// What a speaker shows on `/state`, as far as an explanation or a live view looks at it. Read leniently: the speaker may
/// be of another version.
package struct SpeakerView: Sendable, Hashable, Decodable {
    /// Where it was read.
    package var origin = ""
    package var node: String?
    package var addresses: [Address]?
    package var isConnected: Bool?
    package var links: [Link]?
    package var sessions: [Session]?
    /// Names of what is wrong with the speaker as a whole.
    package var warnings: [String]?

    package struct Link: Sendable, Hashable, Decodable {
        package var name: String
        package var peers: [Peer]?
    }

    /// Another speaker.
    package struct Peer: Sendable, Hashable, Decodable {
        package var node: String
        package var isLive: Bool?
        package var state: String?
    }

    package struct Address: Sendable, Hashable, Decodable {
        package var address: String
        package var standings: [Standing]?
        package var reason: String?
        package var message: String?
    }

    package struct Standing: Sendable, Hashable, Decodable {
        package var link: String?
        package var state: String?
        package var owner: String?
    }

    /// A session with a router.
    package struct Session: Sendable, Hashable, Codable {
        package var peer: String
        package var address: String?
        package var state: String?
        package var seconds: Int?
        package var obstacle: String?
        package var peerAS: UInt32?
        package var peerIdentifier: String?
        package var holdSeconds: Int?
        package var localAddress: String?
        package var families: [String]?
        package var peerCapabilities: [String]?
        package var exports: [Export]?
        package var lastError: String?
        package var nextAttemptSeconds: Int?
        package var prefixes: [String]?
        package var bfd: String?
    }

    package struct Export: Sendable, Hashable, Codable {
        package var family: String
        package var sent: Int
        package var pending: Int
        package var obstacle: String?
    }

    private enum CodingKeys: String, CodingKey { case addresses, isConnected, links, node, sessions, warnings }

    /// The warning of a speaker that calls itself as another does: what it says of its node is not that node's word.
    static let duplicateNodeName = "duplicateNodeName"

    /// True if the speaker says that it announces the address, whatever the API holds of its reports.
    func announces(_ address: String) -> Bool {
        addresses?.first { $0.address == address }?.standings?.contains { $0.state == "owning" } ?? false
    }

    /// How it is called.
    var name: String { node ?? origin }

    /// What the speaker says of an address, one line: `on eth0 owning`.
    func account(of address: String) -> (reason: String?, text: String)? {
        guard let entry = addresses?.first(where: { $0.address == address }) else { return nil }
        if let reason = entry.reason { return (reason, "\(reason): \(entry.message ?? "")") }
        let standings = entry.standings ?? []
        // How an ownership session calls an address that a stranger answers for, with the stranger's MAC address.
        let isInUse = standings.contains { $0.state?.hasPrefix("backing off") == true }
        let lines = standings.map { standing in
            "on \(standing.link ?? "?") \(standing.state ?? "?")" + (standing.owner.map { ", owned by \($0)" } ?? "")
        }
        let text = lines.isEmpty ? "none of its links has the address" : lines.joined(separator: "; ")
        return (isInUse ? "addressInUse" : nil, text)
    }
}
