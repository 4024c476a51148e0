import Addresses
import KubernetesObjects
import TestSupport

/// ExaBGP as the router, in a namespace: it installs nothing and writes down every message that it reads. Ended with the
/// last reference.
final class ExaBGPRouter: Router {
    private let directory: String
    private let settings: RouterSettings
    private let pid: String

    /// Starts ExaBGP; returns once it listens, or dials.
    init(in namespace: NetworkNamespace, _ settings: RouterSettings) async throws {
        self.settings = settings
        let directory = try await Command.run("mktemp -d /tmp/toono-exabgp.XXXXXX").trimmed
        self.directory = directory
        // it reads commands from the process's output, and writes what happens to its input
        try await Command.run(
            """
            touch \(directory)/messages \(directory)/commands
            cat > \(directory)/process <<'END'
            #!/bin/sh
            tail -n +1 -f --pid=$$ \(directory)/commands &
            exec cat >> \(directory)/messages
            END
            chmod +x \(directory)/process
            cat > \(directory)/x.conf <<'END'\n\(Self.configuration(settings, directory))\nEND\n
            """)
        let listen = "exabgp.tcp.bind=\(settings.near) exabgp.tcp.port=179"
        pid = try await namespace.run(
            """
            env exabgp.daemon.user=root exabgp.daemon.drop=false exabgp.api.cli=false exabgp.api.ack=false \
            \(settings.isPassive ? listen : "") exabgp \(directory)/x.conf > \(directory)/log 2>&1 & echo $!
            """
        ).trimmed
        guard
            try await eventually({
                let text = try await log
                return settings.isPassive
                    ? try await namespace.run("ss -Hltn sport = 179").contains(":179") : text.contains("loaded new")
            })
        else { throw RouterFailure(words: try await log) }
    }

    deinit { _ = try? Command.runNow("kill \(pid); rm -rf \(directory)") }

    private static func configuration(_ settings: RouterSettings, _ directory: String) -> String {
        var lines = [
            "router-id 10.9.0.2", "local-address \(settings.near)", "local-as \(settings.ownAS)",
            "peer-as \(settings.peerAS)", "hold-time \(settings.holdSeconds)",
        ]
        if settings.isPassive { lines.append("passive true") }
        if let password = settings.password { lines += ["md5-password \"\(password)\"", "md5-base64 false"] }
        if settings.isSecured { lines += ["outgoing-ttl 255", "incoming-ttl 255"] }
        let families = settings.families.map { "\($0.rawValue.lowercased()) unicast; " }.joined()
        return """
            process dump { run \(directory)/process; encoder json; }
            neighbor \(settings.far) {
            \(lines.map { "  \($0);" }.joined(separator: "\n"))
              capability { route-refresh enable; graceful-restart disable; asn4 \(settings.isFourOctet ? "enable" : "disable"); }
              family { \(families)}
              api { processes [ dump ]; neighbor-changes; receive { parsed; update; open; refresh; } }
            }
            """
    }

    /// What came, in order.
    var messages: [JSONValue] {
        get async throws {
            try await Command.run("cat \(directory)/messages").split(separator: "\n")
                .compactMap { try? JSONValue(parsing: String($0)) }
        }
    }

    /// The families whose End-of-RIB has come.
    var endsOfRIB: Set<String> {
        get async throws {
            Set(
                try await messages.compactMap { message in
                    let body = message["neighbor"]?["message"] ?? message["neighbor"]
                    return body?["eor"]?["afi"]?.stringValue
                })
        }
    }

    func route(_ prefix: String) async throws -> ShownRoute? {
        let family = prefix.contains(":") ? "ipv6 unicast" : "ipv4 unicast"
        var route: ShownRoute?
        for message in try await messages {
            let update = message["neighbor"]?["message"]?["update"]
            let withdrawn = update?["withdraw"]?[family]?.elements ?? []
            if withdrawn.contains(where: { $0["nlri"]?.stringValue == prefix }) { route = nil }
            // by each next hop, of which IPv6 has two
            let nextHops = (update?["announce"]?[family]?.members ?? [:]).filter { _, prefixes in
                prefixes.elements.contains { $0["nlri"]?.stringValue == prefix }
            }
            if !nextHops.isEmpty { route = Self.route(by: Set(nextHops.keys), update?["attribute"] ?? .null) }
        }
        return route
    }

    /// By the words that it has written: a hundred thousand are too many to look at each.
    var routeCount: Int {
        get async throws {
            func count(_ verb: String) async throws -> Int {
                Int(
                    try await Command.run("grep '\"\(verb)\"' \(directory)/messages | grep -o '\"nlri\"' | wc -l")
                        .trimmed) ?? 0
            }
            return try await count("announce") - count("withdraw")
        }
    }

    private static func route(by nextHops: Set<String>, _ attributes: JSONValue) -> ShownRoute {
        func tuples(_ name: String) -> Set<String> {
            Set(
                (attributes[name]?.elements ?? []).map { tuple in
                    tuple.elements.compactMap(\.number).map(String.init).joined(separator: ":")
                })
        }
        return ShownRoute(
            nextHops: nextHops,
            path: attributes["as-path"]?.elements.compactMap { $0.number.map { UInt32($0) } } ?? [],
            localPreference: attributes["local-preference"]?.number, communities: tuples("community"),
            largeCommunities: tuples("large-community"))
    }

    var isEstablished: Bool {
        get async throws {
            try await messages.last { $0["type"]?.stringValue == "state" }?["neighbor"]?["state"]?.stringValue == "up"
        }
    }

    private func command(_ line: String) async throws {
        try await Command.run("echo '\(line)' >> \(directory)/commands")
    }

    func refresh() async throws {
        for family in settings.families {
            try await command("neighbor \(settings.far) announce route-refresh \(family.rawValue.lowercased()) unicast")
        }
    }

    /// Ends the session with a Cease of this subcode.
    func teardown(_ subcode: UInt8) async throws { try await command("neighbor \(settings.far) teardown \(subcode)") }

    func reset() async throws { try await teardown(4) }

    /// With the messages that it has written down.
    var log: String { get async throws { try await Command.run("cat \(directory)/log \(directory)/messages") } }
}
