import ArgumentParser
import AsyncHTTPClient
import FoundationEssentials
import Inspection
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL

/// Speakers to ask for what the API does not know.
struct SpeakerOptions: ParsableArguments {
    @Option(
        help:
            "A speaker's /state to ask as well, as it is reached from here: http://127.0.0.1:7472; may be given often.")
    var state: [String] = []
    @Option(help: "A file with the certificate that speakers with TLS are checked by, as PEM. (default: the system's)")
    var stateCa: String?

    /// What each shows of itself, and what went wrong with those that did not answer.
    func ask() async -> (views: [SpeakerView], unanswered: [String]) {
        var views: [SpeakerView] = []
        var unanswered: [String] = []
        for url in state {
            do {
                views.append(try await read(url))
            } catch {
                unanswered.append("\(url): \(error)")
            }
        }
        return (views, unanswered)
    }

    /// What a speaker shows of itself. A URL without a scheme is plain HTTP, one without a path means `/state`.
    func read(_ text: String) async throws -> SpeakerView {
        let url = text.contains("://") ? text : "http://" + text
        let hasPath = url.split(separator: "/", omittingEmptySubsequences: true).count > 2
        let request = HTTPClientRequest(url: hasPath ? url : url + (url.hasSuffix("/") ? "state" : "/state"))
        let body = try await HTTPClient.withHTTPClient(
            eventLoopGroup: MultiThreadedEventLoopGroup.singleton, configuration: try configuration()
        ) { client in
            let response = try await client.execute(request, timeout: .seconds(5))
            guard response.status.code == 200 else {
                throw ValidationError("the speaker answered \(response.status.code)")
            }
            return try await response.body.collect(upTo: 64 << 20)
        }
        var view = try JSONDecoder().decode(SpeakerView.self, from: Data(body.readableBytesView))
        view.origin = text
        return view
    }

    private func configuration() throws -> HTTPClient.Configuration {
        var configuration = HTTPClient.Configuration()
        guard let stateCa else { return configuration }
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMFile(stateCa))
        // The name is that of the way to the speaker, a forwarded port most often.
        tls.certificateVerification = .noHostnameVerification
        configuration.tlsConfiguration = tls
        return configuration
    }
}
