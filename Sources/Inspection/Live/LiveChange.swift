/// One thing that happened while somebody looked on (`toonoctl watch`).
package struct LiveChange: Sendable, Hashable, Encodable {
    /// What happened.
    package enum Kind: String, Sendable, Hashable, Encodable {
        /// It was so when the look began.
        case found
        /// A node announces what no node announced.
        case announced
        /// Another node announces it.
        case moved
        /// No node announces it any more.
        case withdrawn
        /// An address was given to a Service, or taken from it.
        case allocated, released
        case sessionUp, sessionDown
        /// A speaker hears another one, or hears it no more.
        case peerUp, peerDown
        /// An event that a controller or a speaker wrote.
        case event
        /// The connection to the API server.
        case online, offline
    }

    /// The clock's time, as the shell writes it.
    package var time: String
    package var change: Kind
    /// The Service, `NAMESPACE/NAME`, or the BGPPeer, or the object of an event.
    package var subject: String
    package var addresses: [String] = []
    /// Where it is now.
    package var node: String?
    /// Where it was before.
    package var from: [String] = []
    package var method: Announcer.Method?
    /// The interface, or the BGPPeer.
    package var via: String?
    package var message: String?

    /// One line for people, with the time in front.
    package var text: String { "\(time)  \(account)".forTerminal }

    private var account: String {
        let addresses = addresses.isEmpty ? "" : " " + addresses.joined(separator: ", ")
        let place = via.map { method == .bgp ? " to \($0)" : " on \($0)" } ?? ""
        let node = node ?? "?"
        return switch change {
        case .found: "\(subject)\(addresses) is announced by \(node)\(place)"
        case .announced: "\(subject)\(addresses) is announced by \(node)\(place)"
        case .moved: "\(subject)\(addresses) moved from \(from.joined(separator: ", ")) to \(node)\(place)"
        case .withdrawn: "\(subject)\(addresses) is not announced any more by \(from.joined(separator: ", "))\(place)"
        case .allocated: "\(subject) has\(addresses)"
        case .released: "\(subject) has\(addresses) no more"
        case .sessionUp: "\(node) has a session with \(subject)" + detail
        case .sessionDown: "\(node) has no session with \(subject)" + detail
        case .peerUp: "\(subject) hears \(node)\(place)"
        case .peerDown: "\(subject) hears \(node)\(place) no more" + detail
        case .event: "\(subject)" + detail
        case .online: "the API server answers"
        case .offline: "the API server does not answer" + detail
        }
    }

    private var detail: String { message.map { ": " + $0.map { $0.isNewline ? " " : String($0) }.joined() } ?? "" }
}
