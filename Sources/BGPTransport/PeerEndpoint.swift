package import Addresses

/// What a TCP connection with one router needs, apart from the protocol that runs on it.
package struct PeerEndpoint: Sendable, Hashable {
    /// How far away the router may be, which decides with which TTL or hop limit packets leave and arrive.
    package enum Distance: Sendable, Hashable {
        /// On the same link: packets leave with 1, as routers do it (RFC 4271 has no rule).
        case direct
        /// Behind other routers.
        case multihop
        /// At most so many hops away, and protected by it (GTSM, RFC 5082): packets leave with 255.
        case secured(hops: UInt8)
    }

    /// The router's address.
    package var address: IPAddress
    /// The interface of a link-local address.
    package var zone: String?
    /// The router's port.
    package var port: UInt16 = 179
    /// The own address to connect from; nil for the kernel's choice.
    package var source: IPAddress?
    /// The VRF device that the connection belongs to; nil for the main routing table.
    package var device: String?
    /// How far away the router may be.
    package var distance = Distance.direct
    /// The key of TCP MD5 signatures (RFC 2385); nil for none.
    package var password: TCPPassword?
    /// After how long without an acknowledgement the kernel gives the connection up.
    package var userTimeout: Duration = .seconds(90)

    /// An endpoint with every option at its default.
    package init(address: IPAddress) { self.address = address }

    /// True if both name the same router, so that a connection to one is a connection to the other. A new password
    /// concerns new connections only.
    package func isSameSession(as other: PeerEndpoint) -> Bool {
        var other = other
        other.password = password
        other.userTimeout = userTimeout
        return self == other
    }
}

/// A key of TCP MD5 signatures. Nothing that prints a value shows it.
package struct TCPPassword: Sendable, Hashable {
    /// What the kernel takes (TCP_MD5SIG_MAXKEYLEN).
    package static let maximumLength = 80

    let bytes: [UInt8]

    /// A key, or nil for an empty text and one of more than 80 bytes.
    package init?(_ text: String) {
        guard !text.isEmpty, text.utf8.count <= Self.maximumLength else { return nil }
        bytes = Array(text.utf8)
    }
}

extension TCPPassword: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "(password)" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
