/// How to reach the API server and as whom.
package struct ClientConfiguration: Sendable, Hashable {
    /// A client certificate and its key, both PEM.
    package struct ClientCertificate: Sendable, Hashable, CustomStringConvertible {
        package var certificates: [UInt8]
        package var privateKey: [UInt8]

        package init(certificates: [UInt8], privateKey: [UInt8]) {
            self.certificates = certificates
            self.privateKey = privateKey
        }

        /// Never the key itself.
        package var description: String { "client certificate" }
    }

    package var server: ServerAddress
    /// The certificates that the server's must be signed by, PEM; nil for those of the machine.
    package var certificateAuthority: [UInt8]?
    package var clientCertificate: ClientCertificate?
    package var token: TokenSource
    /// Believe any server: for a lab only.
    package var isTLSVerificationSkipped: Bool
    /// The name that the server's certificate must carry, and that it is asked for, where it differs from the host.
    package var tlsServerName: String?
    /// The namespace that a command works in when none is named.
    package var namespace: String

    package init(
        server: ServerAddress, certificateAuthority: [UInt8]? = nil, clientCertificate: ClientCertificate? = nil,
        token: TokenSource = .none, isTLSVerificationSkipped: Bool = false, tlsServerName: String? = nil,
        namespace: String = "default"
    ) {
        self.server = server
        self.certificateAuthority = certificateAuthority
        self.clientCertificate = clientCertificate
        self.token = token
        self.isTLSVerificationSkipped = isTLSVerificationSkipped
        self.tlsServerName = tlsServerName
        self.namespace = namespace
    }
}
