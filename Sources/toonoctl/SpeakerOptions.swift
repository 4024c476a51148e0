import ArgumentParser
import AsyncHTTPClient
import FoundationEssentials
import Inspection
import NIOCore
import NIOHTTP1

/// Speakers to ask for what the API does not know.
struct SpeakerOptions: ParsableArguments {
    @Option(help: "A speaker's /state to ask as well; may be given several times.") var state: [String] = []

    /// What each shows of itself, and what went wrong with those that did not answer.
    func ask() async -> (views: [SpeakerView], unanswered: [String]) {
        var views: [SpeakerView] = []
        var unanswered: [String] = []
        for url in state {
            do {
                views.append(try await Self.read(url))
            } catch {
                unanswered.append("\(url): \(error)")
            }
        }
        return (views, unanswered)
    }

    /// What a speaker shows of itself. A URL without a path means `/state`.
    static func read(_ text: String) async throws -> SpeakerView {
        let hasPath = text.split(separator: "/", omittingEmptySubsequences: true).count > 2
        let request = HTTPClientRequest(url: hasPath ? text : text + (text.hasSuffix("/") ? "state" : "/state"))
        let response = try await HTTPClient.shared.execute(request, timeout: .seconds(5))
        guard response.status.code == 200 else {
            throw ValidationError("the speaker answered \(response.status.code)")
        }
        let body = try await response.body.collect(upTo: 64 << 20)
        var view = try JSONDecoder().decode(SpeakerView.self, from: Data(body.readableBytesView))
        view.origin = text
        return view
    }
}
