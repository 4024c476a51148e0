import ArgumentParser

/// `toonoctl explain`: why something is as it is.
struct Explain: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say why something is as it is.", subcommands: [ExplainService.self])
}
