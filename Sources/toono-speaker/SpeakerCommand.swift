import ArgumentParser

/// The speaker: one on each edge node.
@main
struct SpeakerCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toono-speaker",
        abstract: "Announces the addresses of LoadBalancer Services on the links of a node.",
        subcommands: [Run.self, CleanupCommand.self], defaultSubcommand: Run.self)
}
