package import Addresses

/// The transport protocols that a Service's port may have, as IP numbers them.
package enum TransportProtocol: UInt8, Sendable, Hashable, CaseIterable {
    case tcp = 6
    case udp = 17
    case sctp = 132

    /// A protocol by the name that Kubernetes writes in a Service: `TCP`, `UDP` or `SCTP`.
    package init?(name: String) {
        switch name {
        case "TCP": self = .tcp
        case "UDP": self = .udp
        case "SCTP": self = .sctp
        default: return nil
        }
    }
}

/// A port of a VIP that a Service serves.
package struct ServedPort: Sendable, Hashable {
    package var address: IPAddress
    package var transport: TransportProtocol
    package var port: UInt16

    package init(_ address: IPAddress, _ transport: TransportProtocol, _ port: UInt16) {
        self.address = address
        self.transport = transport
        self.port = port
    }
}
