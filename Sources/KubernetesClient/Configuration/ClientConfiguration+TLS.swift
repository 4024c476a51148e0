import NIOSSL

extension ClientConfiguration {
    /// The TLS settings, with the certificates parsed.
    /// - Throws: `invalid`, naming what does not parse.
    func makeTLSConfiguration() throws(ClientConfigurationError) -> TLSConfiguration {
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.minimumTLSVersion = .tlsv12
        if isTLSVerificationSkipped {
            tls.certificateVerification = .none
        } else if let certificateAuthority {
            tls.trustRoots = .certificates(try Self.certificates(certificateAuthority, of: "the certificate authority"))
        }
        if let clientCertificate {
            let chain = try Self.certificates(clientCertificate.certificates, of: "the client certificate")
            tls.certificateChain = chain.map { .certificate($0) }
            do {
                tls.privateKey = .privateKey(try NIOSSLPrivateKey(bytes: clientCertificate.privateKey, format: .pem))
            } catch {
                throw ClientConfigurationError(.invalid, "the client key is not a PEM private key")
            }
        }
        return tls
    }

    private static func certificates(
        _ pem: [UInt8], of owner: String
    ) throws(ClientConfigurationError) -> [NIOSSLCertificate] {
        do {
            let certificates = try NIOSSLCertificate.fromPEMBytes(pem)
            guard !certificates.isEmpty else {
                throw ClientConfigurationError(.invalid, "\(owner) holds no certificate")
            }
            return certificates
        } catch let error as ClientConfigurationError {
            throw error
        } catch {
            throw ClientConfigurationError(.invalid, "\(owner) is not a PEM certificate")
        }
    }
}
