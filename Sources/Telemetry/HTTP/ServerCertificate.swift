import FoundationEssentials
import Glibc
package import Logging
import NIOSSL
import Synchronization

/// The endpoint's certificate and key, from files that are read again when they change: a mounted Secret is replaced by a
/// renamed link, and cert-manager writes a new certificate long before the old one ends. Connections that there are keep
/// what they began with.
package final class ServerCertificate: Sendable {
    private let certificateFile: String
    private let keyFile: String
    private let logger: Logger
    private let current: Mutex<Current>

    private struct Current: Sendable {
        var context: NIOSSLContext
        /// The files as they were when they were read last, with whatever came of it.
        var stamps: [FileStamp?]
    }

    /// - Parameters:
    ///   - certificateFile: the certificate, then those that lead to its root, as PEM (`tls.crt` of a Secret).
    ///   - keyFile: its private key, as PEM (`tls.key`).
    /// - Throws: `CommandError` with exit code 78 and the flag of the file that cannot be used.
    package init(certificateFile: String, keyFile: String, logger: Logger) throws(CommandError) {
        self.certificateFile = certificateFile
        self.keyFile = keyFile
        self.logger = logger
        let stamps = [FileStamp(path: certificateFile), FileStamp(path: keyFile)]
        current = Mutex(Current(context: try Self.load(certificateFile, keyFile), stamps: stamps))
    }

    /// The two flags together: nil if neither is given.
    /// - Throws: `CommandError` with exit code 64 if there is one without the other.
    package static func load(
        certificateFile: String?, keyFile: String?, logger: Logger
    ) throws(CommandError) -> ServerCertificate? {
        switch (certificateFile, keyFile) {
        case (nil, nil): return nil
        case (let certificate?, let key?):
            return try ServerCertificate(certificateFile: certificate, keyFile: key, logger: logger)
        case (_?, nil): throw CommandError(.usage, "--http-certificate-file needs --http-key-file")
        case (nil, _?): throw CommandError(.usage, "--http-key-file needs --http-certificate-file")
        }
    }

    /// A bearer token is as good as a password: who reads it off the wire can use it.
    /// - Throws: `CommandError` with exit code 64 if tokens would be asked for without TLS.
    package static func require(
        _ certificate: ServerCertificate?, forAuthorization isAsked: Bool
    ) throws(CommandError) {
        guard isAsked, certificate == nil else { return }
        throw CommandError(.usage, "--metrics-authorization needs --http-certificate-file and --http-key-file")
    }

    /// What a new connection is made with. A pair that does not fit, as while one of the two is written, changes nothing.
    func context() -> NIOSSLContext {
        let stamps = [FileStamp(path: certificateFile), FileStamp(path: keyFile)]
        return current.withLock { current in
            guard stamps != current.stamps else { return current.context }
            current.stamps = stamps
            do throws(CommandError) {
                current.context = try Self.load(certificateFile, keyFile)
                logger.notice("the http certificate was read again", metadata: ["file": .string(certificateFile)])
            } catch {
                logger.warning("the http certificate stays as it was", metadata: ["error": "\(error)"])
            }
            return current.context
        }
    }

    private static func load(_ certificateFile: String, _ keyFile: String) throws(CommandError) -> NIOSSLContext {
        let chain: [NIOSSLCertificate]
        let certificateBytes = try read(certificateFile, of: "--http-certificate-file")
        do { chain = try NIOSSLCertificate.fromPEMBytes(certificateBytes) } catch {
            throw CommandError(.configuration, "--http-certificate-file \(certificateFile): is no PEM certificate")
        }
        guard !chain.isEmpty else {
            throw CommandError(.configuration, "--http-certificate-file \(certificateFile): holds no certificate")
        }
        let key: NIOSSLPrivateKey
        let keyBytes = try read(keyFile, of: "--http-key-file")
        do { key = try NIOSSLPrivateKey(bytes: keyBytes, format: .pem) } catch {
            throw CommandError(.configuration, "--http-key-file \(keyFile): is no PEM private key")
        }
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain.map { .certificate($0) }, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        do { return try NIOSSLContext(configuration: configuration) } catch {
            throw CommandError(.configuration, "--http-key-file \(keyFile): is not the key of \(certificateFile)")
        }
    }

    private static func read(_ path: String, of flag: String) throws(CommandError) -> [UInt8] {
        do { return [UInt8](try Data(contentsOf: URL(filePath: path))) } catch {
            let reason =
                switch (error as? CocoaError)?.code {
                case .fileNoSuchFile, .fileReadNoSuchFile: "there is no such file"
                case .fileReadNoPermission: "may not be read"
                default: "cannot be read"
                }
            throw CommandError(.configuration, "\(flag) \(path): \(reason)")
        }
    }
}

/// What tells whether a file is still the one that was read.
struct FileStamp: Sendable, Hashable {
    private var device: UInt
    private var inode: UInt
    private var size: Int
    private var seconds: Int
    private var nanoseconds: Int

    /// Nil if there is no such file; a link is followed.
    init?(path: String) {
        var found = stat()
        guard unsafe stat(path, &found) == 0 else { return nil }
        device = UInt(found.st_dev)
        inode = UInt(found.st_ino)
        size = Int(found.st_size)
        seconds = found.st_mtim.tv_sec
        nanoseconds = found.st_mtim.tv_nsec
    }
}
