import TestSupport

/// FRR as the router, in a namespace: zebra, bgpd, and bfdd where it is wanted; ended with the last reference.
final class FRRRouter: Sendable {
    private let namespace: NetworkNamespace
    private let directory: String
    private let pids: [String]

    /// Starts FRR with this configuration of bgpd; returns once it answers. BFD has a profile `fast`.
    init(
        in namespace: NetworkNamespace, isBFDOn: Bool = false, isEchoOn: Bool = false, _ configuration: String
    ) async throws {
        self.namespace = namespace
        let directory = try await Command.run("d=$(mktemp -d /tmp/toono-frr.XXXXXX) && chown frr:frr $d && echo $d")
            .trimmed
        self.directory = directory
        var bfd = "bfd\n profile fast\n  transmit-interval 50\n  receive-interval 50\n  detect-multiplier 3"
        if isEchoOn { bfd += "\n  echo-mode\n  echo transmit-interval 50\n  echo receive-interval 50" }
        try await Command.run(
            """
            touch \(directory)/zebra.conf
            cat > \(directory)/bfdd.conf <<'END'\n\(bfd)\nEND
            cat > \(directory)/bgpd.conf <<'END'\nlog file \(directory)/log\n\(configuration)\nEND\n
            """)
        var pids: [String] = []
        var daemons = [("zebra", ""), ("bgpd", "-p 179")]
        if isBFDOn { daemons.insert(("bfdd", "--bfdctl \(directory)/bfdd.sock"), at: 1) }
        for (daemon, options) in daemons {
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

    /// What a daemon says.
    @discardableResult
    func vtysh(_ command: String, daemon: String = "bgpd") async throws -> String {
        try await namespace.run("vtysh --vty_socket \(directory) -d \(daemon) -c '\(command)'")
    }

    var log: String { get async throws { try await Command.run("cat \(directory)/log") } }

    /// The router's kernel routes, which are the truth.
    func kernelRoutes(ipv6: Bool = false) async throws -> String {
        try await namespace.run("ip \(ipv6 ? "-6" : "-4") route show proto bgp")
    }
}
