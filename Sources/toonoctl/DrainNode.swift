import ArgumentParser
import ClusterConfiguration
import Inspection
import KubernetesClient
import KubernetesObjects

/// `toonoctl drain`: makes a node give away what it announces.
struct DrainNode: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "drain",
        abstract: "Make a node give away what it announces, and wait until it has.",
        discussion: """
            Sets the annotation toono.io/drain of the Node: its speaker hands each address to another node, without a \
            lost packet, and takes none until --undo. Pods stay. Exit status 1 if the node still announces after the \
            timeout; the annotation stays, and so does the drain.
            """)

    @Argument(help: "The name of the Node.") var node: String
    @Flag(help: "Let the node announce again. Nothing moves back by that.") var undo = false
    @Option(help: "How long to wait: 90s, 2m. (default: 60s)", transform: Self.duration) var timeout: Duration =
        .seconds(60)
    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var output: Output

    /// `90s`, `2m`: more than nothing.
    static func duration(_ text: String) throws -> Duration {
        guard let duration = GoDuration.parse(text), duration > .zero else {
            throw ValidationError("\"\(text)\" is no duration such as 90s or 2m")
        }
        return duration
    }

    func run() async throws {
        try await cluster.withCluster { api in
            let before = try await api.announcers()
            try await annotate(undo ? .null : "true", api)
            if undo {
                try output.print(DrainUndone(node: node))
            } else {
                try output.print(try await follow(Drain(node: node, before: before), api))
            }
        }
    }

    private func annotate(_ value: JSONValue, _ api: Cluster) async throws {
        do throws(KubernetesError) {
            try await api.client.patch(
                Node.self, at: Cluster.nodes, ObjectKey(namespace: "", name: node), .merge,
                ["metadata": ["annotations": [Node.drainAnnotation: value]]])
        } catch {
            guard error.code == .notFound else { throw error }
            StandardError.write("there is no Node \(node)")
            throw ExitCode(1)
        }
    }

    /// Looks four times a second; a failed look is made again until the time is over.
    private func follow(_ drain: Drain, _ api: Cluster) async throws -> DrainReport {
        var drain = drain
        let end = ContinuousClock.now + timeout
        while !drain.isDone {
            do throws(KubernetesError) {
                drain.observe(try await api.announcers())
            } catch {
                guard error.isTransient, .now < end else { throw error }
            }
            if drain.isDone || .now >= end { break }
            try await Task.sleep(for: .milliseconds(250))
        }
        return drain.report(try await api.picture())
    }
}
