import TestSupport

/// FRR as the router, in a namespace: zebra and bgpd; ended with the last reference.
final class FRRRouter: Sendable {
    private let namespace: NetworkNamespace
    private let directory: String
    private let pids: [String]

    /// Starts FRR with this configuration of bgpd; returns once it answers.
    init(in namespace: NetworkNamespace, _ configuration: String) async throws {
        self.namespace = namespace
        let directory = try await Command.run("d=$(mktemp -d /tmp/toono-frr.XXXXXX) && chown frr:frr $d && echo $d")
            .trimmed
        self.directory = directory
        try await Command.run(
            "touch \(directory)/zebra.conf; cat > \(directory)/bgpd.conf <<'END'\n\(configuration)\nEND\n")
        var pids: [String] = []
        for (daemon, options) in [("zebra", ""), ("bgpd", "-p 179")] {
            pids.append(
                try await namespace.run(
                    """
                    /usr/lib/frr/\(daemon) -u frr -g frr -P 0 -f \(directory)/\(daemon).conf -i \(directory)/\(daemon).pid \
                    -z \(directory)/zserv.api --vty_socket \(directory) \(options) > \(directory)/\(daemon).out 2>&1 & echo $!
                    """
                ).trimmed)
            guard
                try await eventually({
                    try await Command.run("ls \(directory)").contains("\(daemon).vty")
                })
            else {
                throw RouterFailure(words: try await Command.run("cat \(directory)/\(daemon).out"))
            }
        }
        self.pids = pids
    }

    deinit { _ = try? Command.runNow("kill \(pids.joined(separator: " ")); rm -rf \(directory)") }

    /// What bgpd says.
    @discardableResult
    func vtysh(_ command: String) async throws -> String {
        try await namespace.run("vtysh --vty_socket \(directory) -d bgpd -c '\(command)'")
    }

    /// The router's kernel routes, which are the truth.
    func kernelRoutes(ipv6: Bool = false) async throws -> String {
        try await namespace.run("ip \(ipv6 ? "-6" : "-4") route show proto bgp")
    }
}
