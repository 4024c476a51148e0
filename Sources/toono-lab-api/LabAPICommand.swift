import ArgumentParser
import FoundationEssentials
import Glibc
import LabAPI
import LabServer
import Logging
import Telemetry

/// An in-memory Kubernetes API for the lab and the tests.
@main
struct LabAPICommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toono-lab-api",
        abstract: "A Kubernetes API in memory, for the lab and the tests; kubectl works with it.")

    @Option(help: "HOST:PORT to serve plain HTTP on; port 0 lets the kernel choose, and the log says which it was.")
    var listen: String
    @Option(
        help: "Directory to keep the cluster in between runs, written at most once a second. (default: memory only)")
    var dataDir: String?
    @Option(
        help:
            "Users, a line each: token,user,uid,\"group,group\". Members of system:masters may do everything, others nothing. (default: everybody is an administrator)"
    )
    var tokenFile: String?
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel = LogLevel.info
    @Option(help: "text or json.") var logFormat = LogFormat.text

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch let error as CommandError {
            Glibc.exit(error.report(as: "toono-lab-api"))
        } catch {
            exit(withError: error)
        }
    }

    func run() async throws {
        let address: HTTPAddress
        do {
            address = try HTTPAddress(listen)
        } catch {
            throw CommandError(.usage, "--listen: \(error)")
        }
        let logger = bootstrapLogging(label: "toono-lab-api", level: logLevel, format: logFormat)
        // Enough that deleting a large collection at once does not outrun the watches.
        var cluster = LabCluster(
            store: Store(historyCapacity: 10_000),
            registry: ResourceRegistry(), controllers: LabControllers.all, random: SystemRandomNumberGenerator(),
            tokens: try tokens(), serverAddress: address.description)
        let snapshots = try dataDir.map { (path) throws(CommandError) in try SnapshotFile(directory: path) }
        if let snapshots, let bytes = try snapshots.read() {
            do {
                try cluster.restore(bytes, at: .wallClock())
            } catch {
                throw snapshots.refusal(error.message)
            }
        }
        cluster.seed(at: .wallClock())
        let host = LabHost(cluster: cluster, snapshots: snapshots)
        // Services stop in reverse order: the host writes its last state when nobody can change it any more.
        try await runServices(
            [host, LabServer(address: address, host: host, logger: logger)], gracePeriod: .seconds(1), logger: logger)
    }

    private func tokens() throws(CommandError) -> TokenFile? {
        guard let tokenFile else { return nil }
        guard let bytes = FileManager.default.contents(atPath: tokenFile) else {
            throw CommandError(.noInput, "--token-file \(tokenFile): cannot be read")
        }
        do {
            return try TokenFile(parsing: String(decoding: bytes, as: UTF8.self))
        } catch {
            throw CommandError(.dataError, "--token-file \(tokenFile): \(error.message)")
        }
    }
}

extension LogLevel: ExpressibleByArgument {}
extension LogFormat: ExpressibleByArgument {}
