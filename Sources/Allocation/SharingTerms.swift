/// On what terms a Service shares its addresses with others.
package struct SharingTerms: Sendable, Hashable {
    /// The value of the annotation `allow-shared-ip`; empty shares with nobody.
    package var key: String
    /// Where traffic goes when it has arrived: the canonical selector under `externalTrafficPolicy: Local`, empty under
    /// `Cluster`. Services that go to different places on a node cannot share an address that one node holds.
    package var backend: String
    /// What of the address the Service uses.
    package var ports: Set<ServicePort>

    package init(key: String = "", backend: String = "", ports: Set<ServicePort> = []) {
        self.key = key
        self.backend = backend
        self.ports = ports
    }

    /// Services whose groups differ never share.
    var group: Group? { key.isEmpty ? nil : Group(key: key, backend: backend) }

    struct Group: Sendable, Hashable {
        var key: String
        var backend: String
    }
}

/// A protocol with a port: what two Services on one address must not both have.
package struct ServicePort: Sendable, Hashable, Comparable, CustomStringConvertible {
    /// `TCP`, `UDP` or `SCTP`
    package var transport: String
    package var port: Int

    package init(transport: String = "TCP", port: Int) {
        self.transport = transport
        self.port = port
    }

    /// `TCP/80`
    package var description: String { "\(transport)/\(port)" }

    package static func < (left: ServicePort, right: ServicePort) -> Bool {
        (left.port, left.transport) < (right.port, right.transport)
    }
}
