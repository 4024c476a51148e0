import ArgumentParser
import Inspection
import KubernetesClient
import KubernetesObjects

/// `toonoctl explain service`: the way of a Service to the wire.
struct ExplainService: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "service",
        abstract: "Walk from a Service to the wire, and say where the way ends and why.",
        discussion: """
            The first line is the cause. The rules are those that controller and speakers run, over what the API holds. \
            What the API does not know, such as a link without the address's subnet, a speaker says itself: --state \
            http://127.0.0.1:7472 asks it, by way of kubectl port-forward. Exit status 1 if the Service is not announced or does not exist.
            """)

    @Argument(help: "The Service: NAMESPACE/NAME, or NAME in the kubeconfig's namespace.") var service: String
    @OptionGroup var speakers: SpeakerOptions
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var output: Output

    func validate() throws {
        let parts = service.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, parts.allSatisfy({ !$0.isEmpty }) else {
            throw ValidationError("\"\(service)\" is neither NAMESPACE/NAME nor NAME")
        }
    }

    func run() async throws {
        try await cluster.withCluster { api in
            let parts = service.split(separator: "/").map(String.init)
            let key =
                parts.count == 2
                ? ObjectKey(namespace: parts[0], name: parts[1])
                : ObjectKey(namespace: api.client.configuration.namespace, name: service)
            let picture = try await api.picture()
            let events = try await api.events(of: key) + api.nodeWarnings()
            let (views, unanswered) = await speakers.ask()
            for line in unanswered { StandardError.write(line) }
            guard let explanation = picture.explain(key, events: events, speakers: views) else {
                StandardError.write("there is no Service \(key)")
                throw ExitCode(1)
            }
            try output.print(explanation)
        }
    }
}
