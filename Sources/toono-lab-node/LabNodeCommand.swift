import ArgumentParser
import Kubeconfig
import KubernetesClient
import LabNode
import Logging
import NIOCore
import NIOPosix
import ServiceLifecycle
import UnixSignals

/// The lab's stand-ins for what runs on a node and at a client.
@main
struct LabNodeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "toono-lab-node",
        abstract: "Stand-ins of the lab for kube-proxy, for a controller of OpenYurt, for pods and for a client.",
        subcommands: [Proxy.self, PoolServices.self, Web.self, Echo.self, Probe.self, Stream.self])
}

struct Proxy: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends Services' traffic to their endpoints with nftables rules.")

    @Option(help: "The node that this process stands on.") var nodeName: String
    @Option(help: "How to reach the API: a kubeconfig file.") var kubeconfig: String

    func run() async throws {
        try await serve(as: "toono-lab-proxy", kubeconfig: kubeconfig) {
            ProxyService(node: nodeName, client: $0, logger: $1)
        }
    }
}

struct PoolServices: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Divides Services among node pools as OpenYurt's load-balancer-set controller does.")

    @Option(help: "How to reach the API: a kubeconfig file.") var kubeconfig: String

    func run() async throws {
        try await serve(as: "toono-lab-pool-services", kubeconfig: kubeconfig) {
            LoadBalancerSetService(client: $0, logger: $1)
        }
    }
}

/// Runs a service with a way to the API until SIGTERM.
private func serve(
    as name: String, kubeconfig: String, _ service: (KubernetesClient, Logger) -> any Service
) async throws {
    let logger = Logger(label: name)
    let client = try KubernetesClient(
        configuration: Kubeconfig.load(path: kubeconfig), userAgent: name,
        eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    let group = ServiceGroup(
        services: [service(client, logger)], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
    try await group.run()
    await client.shutdown()
}

struct Web: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Answers as the web application of a node's pods.")

    @Option(help: "The node that the pods stand on.") var nodeName: String
    @Option(help: "HOST:PORT to listen on.") var listen: String

    func run() async throws {
        let (host, port) = try splitHostPort(listen)
        let logger = Logger(label: "toono-lab-web")
        let group = ServiceGroup(
            services: [PodServer(node: nodeName, host: host, port: port, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}

struct Probe: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Asks an HTTP server at a fixed rate and prints the longest time without an answer, as JSON.")

    @Argument(help: "HOST:PORT of the server.") var server: String
    @Option(help: "Time between two attempts, in milliseconds.") var interval = 10
    @Option(help: "How long an attempt may take, in milliseconds.") var timeout = 200
    @Option(help: "How long to probe, in milliseconds.") var duration = 3000

    func run() async throws {
        let (host, port) = try splitHostPort(server)
        let probe = HTTPProbe(
            address: try SocketAddress(ipAddress: host, port: port), interval: .milliseconds(interval),
            timeout: .milliseconds(Int64(timeout)))
        let gaps = try await probe.run(for: .milliseconds(duration), on: MultiThreadedEventLoopGroup.singleton)
        let millis = gaps.longestGap / .milliseconds(1)
        print(
            "{\"answered\": \(gaps.answered), \"failed\": \(gaps.failed), \"longestGapMillis\": \(Int(millis.rounded()))}"
        )
    }
}

struct Echo: AsyncParsableCommand {
    static let configuration = CommandConfiguration(abstract: "Sends every UDP datagram back.")

    @Option(help: "HOST:PORT to listen on.") var listen: String

    func run() async throws {
        let (host, port) = try splitHostPort(listen)
        let logger = Logger(label: "toono-lab-echo")
        let group = ServiceGroup(
            services: [UDPEcho(host: host, port: port, logger: logger)],
            gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        try await group.run()
    }
}

struct Stream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Sends numbered UDP datagrams to an echo and prints how many were lost, as JSON.")

    @Argument(help: "HOST:PORT of the echo.") var server: String
    @Option(help: "Time between two packets, in milliseconds.") var interval = 1
    @Option(help: "How long to send, in milliseconds.") var duration = 3000

    func run() async throws {
        let (host, port) = try splitHostPort(server)
        let stream = UDPStream(
            address: try SocketAddress(ipAddress: host, port: port), interval: .milliseconds(Int64(interval)))
        let record = try await stream.run(
            for: .milliseconds(Int64(duration)), on: MultiThreadedEventLoopGroup.singleton.next())
        let tenths = Int((record.longestOutage / .milliseconds(1) * 10).rounded())
        print(
            "{\"sent\": \(record.sent), \"lost\": \(record.lost), \"longestOutageMillis\": \(tenths / 10).\(tenths % 10)}"
        )
    }
}

/// The parts of `HOST:PORT`; an IPv6 host stands in brackets.
func splitHostPort(_ text: String) throws -> (host: String, port: Int) {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[text.index(after: colon)...]),
        (1...65535).contains(port)
    else {
        throw ValidationError("\"\(text)\" is not HOST:PORT")
    }
    let host = text[..<colon]
    return (host.hasPrefix("[") && host.hasSuffix("]") ? String(host.dropFirst().dropLast()) : String(host), port)
}
