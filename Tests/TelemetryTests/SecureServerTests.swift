import Foundation
import Logging
import NIOCore
import NIOPosix
import NIOSSL
import ServiceLifecycle
import Synchronization
import Testing

@testable import Telemetry

/// The endpoint within TLS, and with an authorizer.
@Suite struct SecureServerTests {
    private static let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

    /// Certificate and key as a Secret's mount has them, to be replaced.
    private struct Mount: ~Copyable {
        let folder: String

        init() throws {
            folder = NSTemporaryDirectory() + "tls-\(UInt64.random(in: 0 ... .max))"
            try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: folder) }

        var certificate: String { folder + "/tls.crt" }
        var key: String { folder + "/tls.key" }

        /// Puts a pair in place as the kubelet does: whole files, by renaming.
        func put(certificate name: String, key keyName: String) throws {
            for (file, path) in [("\(name).pem", certificate), ("\(keyName).key", key)] {
                let fresh = path + ".new"
                try? FileManager.default.removeItem(atPath: fresh)
                try FileManager.default.copyItem(atPath: SecureServerTests.resource(file), toPath: fresh)
                try #require(unsafe rename(fresh, path) == 0)
            }
        }

        func load() throws(CommandError) -> ServerCertificate {
            try ServerCertificate(certificateFile: certificate, keyFile: key, logger: SecureServerTests.logger)
        }
    }

    private static func resource(_ name: String) -> String {
        Bundle.module.path(forResource: "Resources/tls/\(name)", ofType: nil) ?? name
    }

    /// Knows two tokens, and counts how often it is asked.
    private final class Doorkeeper: AccessAuthorizer {
        let questions = Mutex<[String]>([])

        func decide(token: String, verb: String, path: String) async -> AccessDecision {
            questions.withLock { $0.append("\(token) \(verb) \(path)") }
            return switch token {
            case "good": .allowed
            case "weak": .forbidden(user: "system:serviceaccount:default:weak")
            case "later": .unavailable("unreachable")
            default: .unauthenticated
            }
        }
    }

    private func withServer(
        certificate: ServerCertificate? = nil, authorizer: (any AccessAuthorizer)? = nil,
        _ body: @Sendable @escaping (Int) async throws -> Void
    ) async throws {
        let (ports, listening) = AsyncStream.makeStream(of: Int.self)
        let server = TelemetryServer(
            address: try HTTPAddress("127.0.0.1:0"), registry: Registry(), readiness: Readiness(),
            routes: [.state { ["owner": "node-1"] }], certificate: certificate, authorizer: authorizer,
            logger: Self.logger, onListening: { listening.yield($0) })
        let group = ServiceGroup(services: [server], logger: Self.logger)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await group.run() }
            for await port in ports.prefix(1) {
                do { try await body(port) } catch {
                    await group.triggerGracefulShutdown()
                    throw error
                }
                await group.triggerGracefulShutdown()
            }
            try await tasks.waitForAll()
        }
    }

    /// The first line and the text of an answer; within TLS if there is a certificate to trust.
    private static func ask(
        _ port: Int, _ path: String, trusting authority: String? = nil, headers: String = "", method: String = "GET"
    ) async throws -> String {
        let context = try authority.map { name in
            var configuration = TLSConfiguration.makeClientConfiguration()
            configuration.trustRoots = .file(resource(name))
            return try NIOSSLContext(configuration: configuration)
        }
        let client = try await ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .channelOption(ChannelOptions.allowRemoteHalfClosure, value: true)
            .connect(host: "127.0.0.1", port: port) { channel in
                channel.eventLoop.makeCompletedFuture {
                    if let context {
                        try channel.pipeline.syncOperations.addHandler(
                            NIOSSLClientHandler(context: context, serverHostname: "localhost"))
                    }
                    return try NIOAsyncChannel<ByteBuffer, ByteBuffer>(wrappingChannelSynchronously: channel)
                }
            }
        return try await client.executeThenClose { inbound, outbound in
            let request = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n\(headers)Connection: close\r\n\r\n"
            try await outbound.write(ByteBuffer(string: request))
            var answer = ""
            for try await buffer in inbound { answer += String(buffer: buffer) }
            return answer
        }
    }

    /// `200 OK`
    private static func status(
        _ port: Int, _ path: String, trusting authority: String? = nil, headers: String = "", method: String = "GET"
    ) async throws -> Substring {
        let answer = try await ask(port, path, trusting: authority, headers: headers, method: method)
        return answer.prefix { $0 != "\r\n" }.dropFirst("HTTP/1.1 ".count)
    }

    @Test("with a certificate the endpoint speaks TLS to those who trust it, and nothing else")
    func tls() async throws {
        let mount = try Mount()
        try mount.put(certificate: "first", key: "first")
        try await withServer(certificate: try mount.load()) { port in
            let health = try await Self.status(port, "/healthz", trusting: "first.pem")
            #expect(health == "200 OK")
            let state = try await Self.status(port, "/state", trusting: "first.pem")
            #expect(state == "200 OK")
            await #expect(throws: (any Error).self) { try await Self.ask(port, "/healthz", trusting: "second.pem") }
            let plain = try? await Self.ask(port, "/healthz")
            #expect(plain?.contains("HTTP/1.1 200") != true)
        }
    }

    @Test("a pair of files that changes is used for the next connection; one that does not fit changes nothing")
    func renewed() async throws {
        let mount = try Mount()
        try mount.put(certificate: "first", key: "first")
        let certificate = try mount.load()
        let before = certificate.context()
        #expect(certificate.context() === before)
        try mount.put(certificate: "second", key: "first")
        #expect(certificate.context() === before)
        try mount.put(certificate: "second", key: "second")
        let after = certificate.context()
        #expect(after !== before)
        try FileManager.default.removeItem(atPath: mount.key)
        #expect(certificate.context() === after)
        try mount.put(certificate: "first", key: "first")
        try await withServer(certificate: certificate) { port in
            let health = try await Self.status(port, "/healthz", trusting: "first.pem")
            #expect(health == "200 OK")
        }
    }

    @Test("files that cannot be used end the process with the flag's name")
    func unusable() throws {
        let mount = try Mount()
        func problem() -> String? {
            do throws(CommandError) { _ = try mount.load() } catch {
                return error.exitCode == .configuration ? error.message : nil
            }
            return nil
        }
        #expect(problem() == "--http-certificate-file \(mount.certificate): there is no such file")
        try mount.put(certificate: "first", key: "second")
        #expect(problem() == "--http-key-file \(mount.key): is not the key of \(mount.certificate)")
        try Data("no key\n".utf8).write(to: URL(filePath: mount.key))
        #expect(problem() == "--http-key-file \(mount.key): is no PEM private key")
        try Data("nothing\n".utf8).write(to: URL(filePath: mount.certificate))
        #expect(problem()?.hasPrefix("--http-certificate-file \(mount.certificate): ") == true)
    }

    @Test("the flags go together")
    func flags() throws {
        func refusal(_ certificate: String?, _ key: String?) -> CommandError? {
            do throws(CommandError) {
                _ = try ServerCertificate.load(certificateFile: certificate, keyFile: key, logger: Self.logger)
            } catch {
                return error
            }
            return nil
        }
        #expect(refusal(nil, nil) == nil)
        #expect(refusal("a", nil) == CommandError(.usage, "--http-certificate-file needs --http-key-file"))
        #expect(refusal(nil, "b") == CommandError(.usage, "--http-key-file needs --http-certificate-file"))
        let clear = CommandError(.usage, "--metrics-authorization needs --http-certificate-file and --http-key-file")
        #expect(throws: clear) { try ServerCertificate.require(nil, forAuthorization: true) }
        #expect(throws: Never.self) { try ServerCertificate.require(nil, forAuthorization: false) }
    }

    @Test(
        "with an authorizer metrics are for those whose token it takes; health is for anyone",
        arguments: [
            ("/metrics", "", "401 Unauthorized", "a bearer token is needed"),
            ("/metrics", "Authorization: Basic Z29vZA==\r\n", "401 Unauthorized", "a bearer token is needed"),
            ("/metrics", "Authorization: Bearer\r\n", "401 Unauthorized", "a bearer token is needed"),
            ("/metrics", "Authorization: Bearer good bad\r\n", "401 Unauthorized", "a bearer token is needed"),
            ("/metrics", "Authorization: Bearer bad\r\n", "401 Unauthorized", "the token is not known"),
            (
                "/metrics", "Authorization: Bearer weak\r\n", "403 Forbidden",
                "system:serviceaccount:default:weak may not get /metrics"
            ),
            (
                "/metrics", "Authorization: Bearer later\r\n", "503 Service Unavailable",
                "nobody can judge the token: unreachable"
            ),
            ("/metrics", "Authorization: bearer  good\r\n", "200 OK", ""),
            ("/healthz", "", "200 OK", "ok"), ("/readyz", "", "200 OK", "ok"), ("/state", "", "200 OK", "node-1"),
        ])
    func authorization(path: String, headers: String, status: String, text: String) async throws {
        try await withServer(authorizer: Doorkeeper()) { port in
            let answer = try await Self.ask(port, path, headers: headers)
            #expect(answer.hasPrefix("HTTP/1.1 \(status)\r\n"))
            #expect(text.isEmpty || answer.contains(text))
            #expect(answer.lowercased().contains("www-authenticate: bearer") == status.hasPrefix("401"))
        }
    }

    @Test("a HEAD is judged as the GET that it stands for, and other paths are not asked about")
    func asked() async throws {
        let doorkeeper = Doorkeeper()
        try await withServer(authorizer: doorkeeper) { port in
            let headers = "Authorization: Bearer good\r\n"
            let head = try await Self.status(port, "/metrics", headers: headers, method: "HEAD")
            #expect(head == "200 OK")
            let health = try await Self.status(port, "/healthz", headers: headers)
            #expect(health == "200 OK")
            let none = try await Self.status(port, "/none", headers: headers)
            #expect(none == "404 Not Found")
        }
        #expect(doorkeeper.questions.withLock { $0 } == ["good get /metrics"])
    }
}
