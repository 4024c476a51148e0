import ArgumentParser
import Inspection

/// `toonoctl pools`: what there is to give out.
struct Pools: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Show the pools and how much of them is in use.")

    @OptionGroup var cluster: ClusterOptions
    @OptionGroup var output: Output

    func run() async throws {
        try await cluster.withCluster { try output.print(PoolReport(try await $0.picture())) }
    }
}
