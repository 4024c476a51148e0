import Glibc
import TestSupport

/// A router that did not start, with what it said.
struct RouterFailure: Error { var words: String }

/// BIRD as the router, in a namespace; ended with the last reference.
final class BirdRouter: Sendable {
    private let namespace: NetworkNamespace
    private let directory: String
    let pid: String

    /// Starts BIRD with these protocols beside `device`; returns once it answers.
    init(in namespace: NetworkNamespace, _ protocols: String) async throws {
        self.namespace = namespace
        let directory = try await Command.run("mktemp -d /tmp/toono-bird.XXXXXX").trimmed
        self.directory = directory
        let configuration = """
            router id 10.9.0.2;
            log "\(directory)/log" all;
            protocol device {}
            protocol kernel { ipv4 { import none; export where source = RTS_BGP; }; }
            protocol kernel { ipv6 { import none; export where source = RTS_BGP; }; }
            \(protocols)
            """
        try await Command.run("cat > \(directory)/bird.conf <<'END'\n\(configuration)\nEND\n")
        pid = try await namespace.run(
            """
            bird -f -c \(directory)/bird.conf -s \(directory)/ctl -P \(directory)/pid \
            > \(directory)/out 2>&1 & echo $!
            """
        ).trimmed
        guard try await eventually({ (try? await birdc("show status")) != nil }) else {
            throw RouterFailure(words: try await Command.run("cat \(directory)/out"))
        }
    }

    deinit { _ = try? Command.runNow("kill -CONT \(pid); kill \(pid); rm -rf \(directory)") }

    /// What birdc says.
    @discardableResult
    func birdc(_ command: String) async throws -> String {
        try await namespace.run("birdc -s \(directory)/ctl '\(command)'")
    }

    /// Goes over to another configuration.
    func reconfigure(_ change: (String) -> String) async throws {
        let text = change(try await Command.run("cat \(directory)/bird.conf"))
        try await Command.run("cat > \(directory)/bird.conf <<'END'\n\(text)\nEND\n")
        try await birdc("configure")
    }

    var log: String { get async throws { try await Command.run("cat \(directory)/log") } }

    /// The router's kernel routes, which are the truth.
    func kernelRoutes(ipv6: Bool = false) async throws -> String {
        try await namespace.run("ip \(ipv6 ? "-6" : "-4") route show proto bird")
    }

    func signal(_ name: String) async throws { try await Command.run("kill -\(name) \(pid)") }
}

extension String {
    var trimmed: String { String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed()) }
}
