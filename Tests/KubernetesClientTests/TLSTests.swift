import Foundation
import KubernetesObjects
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import Testing

@testable import KubernetesClient

/// Answers every request with a Service whose name is the Host header's, over TLS; wants a client certificate if told
/// so.
private final class Answerer: ChannelInboundHandler, Sendable {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard case .head(let request) = unwrapInboundIn(data) else { return }
        let host = request.headers.first(name: "host") ?? ""
        let body = ByteBuffer(string: #"{"metadata":{"name":"\#(host)"}}"#)
        let head = HTTPResponseHead(
            version: .http1_1, status: .ok, headers: ["content-length": "\(body.readableBytes)"])
        context.write(wrapOutboundOut(.head(head)), promise: nil)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
        context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
    }
}

private func bytes(_ name: String) throws -> [UInt8] {
    let url = try #require(Bundle.module.url(forResource: "Resources/tls/\(name)", withExtension: nil))
    return [UInt8](try Data(contentsOf: url))
}

/// Serves over TLS while `body` runs with the port.
private func serve(
    on host: String = "127.0.0.1", wantsClientCertificate: Bool, _ body: (Int) async throws -> Void
) async throws {
    var tls = TLSConfiguration.makeServerConfiguration(
        certificateChain: try NIOSSLCertificate.fromPEMBytes(try bytes("server.pem")).map { .certificate($0) },
        privateKey: .privateKey(try NIOSSLPrivateKey(bytes: try bytes("server.key"), format: .pem)))
    if wantsClientCertificate {
        tls.certificateVerification = .noHostnameVerification
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(try bytes("ca.pem")))
    }
    let context = try NIOSSLContext(configuration: tls)
    let channel = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
        .childChannelInitializer { channel in
            channel.eventLoop.makeCompletedFuture {
                let pipeline = channel.pipeline.syncOperations
                try pipeline.addHandler(NIOSSLServerHandler(context: context))
                try pipeline.configureHTTPServerPipeline()
                try pipeline.addHandler(Answerer())
            }
        }
        .bind(host: host, port: 0).get()
    let result: Result<Void, any Error>
    do { result = .success(try await body(channel.localAddress?.port ?? 0)) } catch { result = .failure(error) }
    try await channel.close()
    try result.get()
}

/// Asks the server once and gives the name that it answered.
private func ask(port: Int, _ adjust: (inout ClientConfiguration) throws -> Void) async throws -> String {
    var configuration = ClientConfiguration(server: ServerAddress(scheme: .https, host: "127.0.0.1", port: port))
    try adjust(&configuration)
    let client = try KubernetesClient(
        configuration: configuration, userAgent: "toono-test", eventLoopGroup: .singletonMultiThreadedEventLoopGroup,
        logger: Logger(label: "test"))
    let result: Result<Service, KubernetesError>
    do throws(KubernetesError) {
        result = .success(
            try await client.get(
                Service.self, at: ResourcePath(plural: "services"), ObjectKey(namespace: "a", name: "b")))
    } catch {
        result = .failure(error)
    }
    await client.shutdown()
    return try result.get().metadata.name
}

@Suite("TLS", .timeLimit(.minutes(1)))
struct TLSTests {
    @Test("a server whose certificate the CA signed for its address is believed")
    func authority() async throws {
        try await serve(wantsClientCertificate: false) { port in
            let name = try await ask(port: port) { $0.certificateAuthority = try bytes("ca.pem") }
            #expect(name == "127.0.0.1:\(port)")
        }
    }

    @Test("a server of another CA, or of none that the machine knows, is not")
    func stranger() async throws {
        try await serve(wantsClientCertificate: false) { port in
            for authority in [try bytes("other.pem"), nil] {
                let error = await #expect(throws: KubernetesError.self) {
                    try await ask(port: port) { $0.certificateAuthority = authority }
                }
                #expect(error?.code == .unreachable)
                #expect(error?.message.contains("CERTIFICATE_VERIFY_FAILED") == true, "\(error?.message ?? "")")
            }
            let name = try await ask(port: port) { $0.isTLSVerificationSkipped = true }
            #expect(name == "127.0.0.1:\(port)")
        }
    }

    @Test("tls-server-name is the name that the certificate must carry; the connection and the Host header stay")
    func serverName() async throws {
        // The certificate is for 127.0.0.1 and kubernetes.default.
        try await serve(on: "127.0.0.2", wantsClientCertificate: false) { port in
            for (serverName, isBelieved) in [(nil, false), ("other.default", false), ("kubernetes.default", true)] {
                let name = try? await ask(port: port) {
                    $0.server.host = "127.0.0.2"
                    $0.certificateAuthority = try bytes("ca.pem")
                    $0.tlsServerName = serverName
                }
                #expect(name == (isBelieved ? "127.0.0.2:\(port)" : nil))
            }
        }
    }

    @Test("a client certificate is shown to a server that asks for one")
    func clientCertificate() async throws {
        try await serve(wantsClientCertificate: true) { port in
            let name = try await ask(port: port) {
                $0.certificateAuthority = try bytes("ca.pem")
                $0.clientCertificate = .init(
                    certificates: try bytes("client.pem"), privateKey: try bytes("client.key"))
            }
            #expect(name == "127.0.0.1:\(port)")
            let error = await #expect(throws: KubernetesError.self) {
                try await ask(port: port) { $0.certificateAuthority = try bytes("ca.pem") }
            }
            #expect(error?.code == .unreachable)
        }
    }

    @Test("what is no certificate or key is refused before any connection")
    func unparsable() {
        let junk = Array("junk".utf8)
        let adjustments: [(String, @Sendable (inout ClientConfiguration) throws -> Void)] = [
            ("the certificate authority", { $0.certificateAuthority = junk }),
            ("the client certificate", { $0.clientCertificate = .init(certificates: junk, privateKey: junk) }),
            (
                "the client key",
                { $0.clientCertificate = .init(certificates: try bytes("client.pem"), privateKey: junk) }
            ),
        ]
        for (words, adjust) in adjustments {
            let error = #expect(throws: ClientConfigurationError.self) {
                var configuration = ClientConfiguration(server: ServerAddress(scheme: .https, host: "x", port: 1))
                try adjust(&configuration)
                _ = try configuration.makeTLSConfiguration()
            }
            #expect(error?.message.hasPrefix(words) == true)
        }
    }
}
