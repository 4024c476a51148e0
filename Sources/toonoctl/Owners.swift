import ArgumentParser
import Inspection

/// `toonoctl owners`: which node announces what.
struct Owners: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show which node announces which address.",
        discussion: "Exit status 1 if a Service has an address that no node says it announces.")

    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var output: Output

    func run() async throws {
        try await cluster.withCluster { try output.print(OwnerReport(try await $0.picture())) }
    }
}
