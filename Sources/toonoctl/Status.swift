import ArgumentParser
import Inspection

/// `toonoctl status`: whether all is well.
struct Status: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Say whether all is well, and what is not.",
        discussion: """
            Configuration, use of the pools, Services that have no address or are not announced, and nodes that take no \
            part. Exit status 1 if the configuration is invalid or a Service is not announced.
            """)

    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var output: Output

    func run() async throws {
        try await cluster.withCluster { try output.print(StatusReport(try await $0.picture())) }
    }
}
