/// The five kinds of message (RFC 4271 4.1, RFC 2918).
package enum MessageType: UInt8, Sendable, Hashable, CaseIterable {
    case open = 1
    case update = 2
    case notification = 3
    case keepalive = 4
    case routeRefresh = 5

    /// The length of marker, length and type.
    package static let headerLength = 19
    /// No message is longer: extended messages (RFC 8654) are not offered.
    static let maximumLength = 4096

    /// The least length of a whole message of this type.
    var minimumLength: Int {
        switch self {
        case .open: 29
        case .update: 23
        case .notification: 21
        case .keepalive: 19
        case .routeRefresh: 23
        }
    }
}
