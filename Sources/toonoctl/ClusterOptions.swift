import ArgumentParser
import ClusterConfiguration
import Eligibility
import Foundation
import Inspection
import Kubeconfig
import KubernetesClient
import Logging
import NIOPosix

/// Which cluster, and how Toono runs in it: what all commands that ask the API share.
struct ClusterOptions: ParsableArguments {
    @Option(help: "A kubeconfig file. (default: $KUBECONFIG, ~/.kube/config, or the pod's service account)")
    var kubeconfig: String?
    @Option(help: "A context of the kubeconfig. (default: its current one)") var context: String?
    @Option(name: [.customShort("n"), .long], help: "The namespace that Toono is configured in.")
    var namespace = "metallb-system"
    @Option(help: "The class that Toono serves, as its processes are told. (default: Services without a class)")
    var lbClass: String?
    @Flag(help: "Judge nodes with the exclude label as speakers with this flag do.") var ignoreExcludeLb = false

    /// `EX_UNAVAILABLE` of sysexits.h: the API did not answer, or refused.
    static let unavailable = ExitCode(69)
    /// `EX_CONFIG`: a kubeconfig that cannot be used.
    private static let badConfiguration = ExitCode(78)

    var policy: Layer2Eligibility.Policy {
        Layer2Eligibility.Policy(loadBalancerClass: lbClass, ignoresExcludeLabel: ignoreExcludeLb)
    }

    /// Runs a command's work with a way to the API; what goes wrong with that becomes one line and an exit status.
    func withCluster(_ work: (Cluster) async throws -> Void) async throws {
        let client: KubernetesClient
        do {
            client = try KubernetesClient(
                configuration: try configuration(), userAgent: "toonoctl",
                eventLoopGroup: MultiThreadedEventLoopGroup.singleton,
                logger: Logger(label: "toonoctl") { _ in SwiftLogNoOpLogHandler() })
        } catch {
            StandardError.write("\(error)")
            throw Self.badConfiguration
        }
        do {
            try await work(Cluster(client: client, namespace: namespace, policy: policy))
        } catch let error as KubernetesError {
            await client.shutdown()
            StandardError.write("\(client.configuration.server): \(error)")
            throw Self.unavailable
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    /// kubectl's order, but one file only.
    private func configuration() throws(ClientConfigurationError) -> ClientConfiguration {
        let environment = ProcessInfo.processInfo.environment
        if let kubeconfig { return try Kubeconfig.load(path: kubeconfig, context: context) }
        let listed = (environment["KUBECONFIG"] ?? "").split(separator: ":").map(String.init)
        let home = environment["HOME"].map { ["\($0)/.kube/config"] } ?? []
        let candidates = listed.isEmpty ? home : listed
        if let path = candidates.first(where: { FileManager.default.fileExists(atPath: $0) }) {
            return try Kubeconfig.load(path: path, context: context)
        }
        if let path = listed.first { return try Kubeconfig.load(path: path, context: context) }
        return try ClientConfiguration.inCluster(environment: environment)
    }
}
