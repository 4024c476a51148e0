import ArgumentParser

/// What `hack/bench bgp-export` and `hack/bench bfd` run in namespaces that they make: one of our speakers, and a receiver
/// that every speaker in turn is measured by.
@main
struct BGPBench: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toono-bench-bgp", subcommands: [Speak.self, Receive.self])
}
