import ArgumentParser
import Inspection

/// `toonoctl bgp`: peers and sessions.
struct Peers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bgp", abstract: "Show the BGP peers, who announces to them, and how the sessions are.",
        discussion: """
            Sessions are what a speaker shows of itself: --state http://127.0.0.1:7472 asks it, by way of kubectl port-forward. -o wide has the peer's \
            capabilities and the prefixes that were told. Exit status 1 if a session is not established, or a speaker \
            does not answer.
            """)

    @OptionGroup var speakers: SpeakerOptions
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var output: Output

    func run() async throws {
        try await cluster.withCluster { api in
            let picture = try await api.picture()
            let (views, unanswered) = await speakers.ask()
            try output.print(PeerReport(picture, speakers: views, unanswered: unanswered))
        }
    }
}
