package import Addresses

/// Between whom a session runs: there is one session for each path, however many BGP peers rely on it.
package struct BFDPath: Sendable, Hashable {
    /// One hop (RFC 5881, port 3784) or more (RFC 5883, port 4784).
    package enum Kind: Sendable, Hashable, CaseIterable {
        case singleHop, multiHop
    }

    package var kind: Kind
    /// True if the peer's kernel loops echo packets back: by forwarding IPv4, over one hop.
    package var mayEcho: Bool { kind == .singleHop && local.family == .ipv4 }
    package var remote: IPAddress
    package var local: IPAddress
    /// The index of the interface that leads to the peer; nil for more than one hop, which may come in by any.
    package var interface: UInt32?

    /// A path of one hop over an interface.
    package static func singleHop(from local: IPAddress, to remote: IPAddress, interface: UInt32) -> BFDPath {
        BFDPath(kind: .singleHop, remote: remote, local: local, interface: interface)
    }

    /// A path of any number of hops.
    package static func multiHop(from local: IPAddress, to remote: IPAddress) -> BFDPath {
        BFDPath(kind: .multiHop, remote: remote, local: local, interface: nil)
    }

    /// The path that a datagram came by, seen from here.
    fileprivate init(_ datagram: BFDDatagram) {
        self.init(
            kind: datagram.kind, remote: datagram.source, local: datagram.destination,
            interface: datagram.kind == .singleHop ? datagram.interface : nil)
    }

    private init(kind: Kind, remote: IPAddress, local: IPAddress, interface: UInt32?) {
        self.kind = kind
        self.remote = remote
        self.local = local
        self.interface = interface
    }
}

/// A control packet as it came from a socket.
package struct BFDDatagram: Sendable, Hashable {
    /// The payload.
    package var bytes: [UInt8]
    /// By the port that it came to.
    package var kind: BFDPath.Kind
    package var source: IPAddress
    package var destination: IPAddress
    /// The index of the interface that it came in by.
    package var interface: UInt32
    /// TTL or hop limit as received.
    package var hopLimit: UInt8

    package init(
        bytes: [UInt8], kind: BFDPath.Kind = .singleHop, source: IPAddress, destination: IPAddress, interface: UInt32,
        hopLimit: UInt8 = 255
    ) {
        self.bytes = bytes
        self.kind = kind
        self.source = source
        self.destination = destination
        self.interface = interface
        self.hopLimit = hopLimit
    }

    /// The path that it came by, seen from here.
    package var path: BFDPath { BFDPath(self) }
}
