import ArgumentParser

/// The command line for people who run Toono; also `kubectl toono` under the name `kubectl-toono`.
@main
struct Toonoctl: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toonoctl", abstract: "Look at and check what Toono does.",
        discussion: """
            Exit status: 0 if all is well, 1 if something is wrong with what was looked at, 64 if the command line makes \
            no sense, 66 if a file cannot be read, 69 if the API does not answer or refuses, 78 if the kubeconfig cannot \
            be used.
            """,
        subcommands: [
            Status.self, Explain.self, Pools.self, Owners.self, Peers.self, Watch.self, DrainNode.self, Validate.self,
            Convert.self,
        ])
}
