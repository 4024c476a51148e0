import ArgumentParser
import Glibc
import LabHub
import LabHubServer
import LabServer
import Logging
import NIOPosix
import Telemetry

/// A stand-in for OpenYurt's YurtHub, for the lab.
@main
struct LabHubCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toono-lab-hub",
        abstract: "What a YurtHub is to the programs of its node: a caching proxy before the API server, for the lab.")

    @Option(help: "HOST:PORT to serve plain HTTP on.") var listen: String
    @Option(help: "The API server: http://HOST:PORT.") var upstream: String
    @Option(help: "Directory to keep the cache in between runs. (default: memory only)") var dataDir: String?
    @Option(help: "A component, by the first part of its User-Agent, whose answers are kept; may be given again.")
    var cacheAgent: [String] = []
    @Option(help: "Milliseconds between two probes of the API server.") var probeInterval = 10_000
    @Option(help: "Milliseconds for which every request is refused with 401 once the API server is back.")
    var staleTokens = 0
    @Option(help: "Milliseconds for which Services and EndpointSlices are refused with 429 after that.")
    var warming = 0
    @Option(help: "Milliseconds for which lists are empty after that.") var emptiness = 0
    @Option(help: "trace, debug, info, notice, warning, error or critical.") var logLevel = LogLevel.info

    static func main() async {
        do {
            var command = try parseAsRoot()
            if var command = command as? any AsyncParsableCommand { try await command.run() } else { try command.run() }
        } catch let error as CommandError {
            Glibc.exit(error.report(as: "toono-lab-hub"))
        } catch {
            exit(withError: error)
        }
    }

    func validate() throws {
        for (name, value) in [
            ("probe-interval", probeInterval - 1), ("stale-tokens", staleTokens), ("warming", warming),
            ("emptiness", emptiness),
        ] where !(0..<86_400_000).contains(value) {
            throw ValidationError("--\(name): milliseconds of at most a day are wanted")
        }
    }

    func run() async throws {
        let address: HTTPAddress
        do {
            address = try HTTPAddress(listen)
        } catch {
            throw CommandError(.usage, "--listen: \(error)")
        }
        let logger = bootstrapLogging(label: "toono-lab-hub", level: logLevel, format: .text)
        let file = try dataDir.map { (path) throws(CommandError) in try SnapshotFile(directory: path) }
        var cache = HubCache()
        if let file, let bytes = try file.read() {
            do {
                cache = try HubCache(decoding: bytes)
            } catch {
                throw file.refusal("\(error)")
            }
        }
        var settings = HubSettings()
        settings.cachedComponents = Set(cacheAgent.map { $0.lowercased() })
        settings.staleTokens = .milliseconds(staleTokens)
        settings.warming = .milliseconds(warming)
        settings.emptiness = .milliseconds(emptiness)
        let cloud = Cloud(server: upstream, eventLoopGroup: .singletonMultiThreadedEventLoopGroup)
        let hub = Hub(settings: settings, cache: cache, isHealthy: await cloud.isReady())
        let host = HubHost(hub: hub, file: file)
        try await runServices(
            [
                host,
                HubServer(
                    address: address, host: host, cloud: cloud, probeInterval: .milliseconds(probeInterval),
                    logger: logger),
            ], gracePeriod: .seconds(1), logger: logger)
    }
}

extension LogLevel: ExpressibleByArgument {}
