import Addresses
import KubernetesObjects
import TestSupport

/// GoBGP as the router, in a namespace; it installs no routes. Ended with the last reference.
final class GoBGPRouter: Router {
    private let namespace: NetworkNamespace
    private let directory: String
    private let far: String
    private let pid: String

    /// Starts gobgpd; returns once it answers.
    init(in namespace: NetworkNamespace, _ settings: RouterSettings) async throws {
        self.namespace = namespace
        far = settings.far
        directory = try await Command.run("mktemp -d /tmp/toono-gobgp.XXXXXX").trimmed
        try await Command.run("cat > \(directory)/g.toml <<'END'\n\(Self.configuration(settings))\nEND\n")
        pid = try await namespace.run(
            """
            gobgpd -f \(directory)/g.toml --api-hosts=unix://\(directory)/api.sock --pprof-disable \
            > \(directory)/log 2>&1 & echo $!
            """
        ).trimmed
        guard try await eventually({ (try? await gobgp("neighbor")) != nil }) else {
            throw RouterFailure(words: try await log)
        }
    }

    deinit { _ = try? Command.runNow("kill \(pid); rm -rf \(directory)") }

    private static func configuration(_ settings: RouterSettings) -> String {
        var lines = [
            """
            global.config = { as = \(settings.ownAS), router-id = "10.9.0.2", port = 179, \
            local-address-list = ["\(settings.near)"] }
            [[neighbors]]
            """
        ]
        let password = settings.password.map { ", auth-password = \"\($0)\"" } ?? ""
        lines.append(
            "config = { neighbor-address = \"\(settings.far)\", peer-as = \(settings.peerAS)\(password) }")
        lines.append(
            "transport.config = { passive-mode = \(settings.isPassive), local-address = \"\(settings.near)\" }")
        let keepalive = max(1, settings.holdSeconds / 3)
        lines.append(
            """
            timers.config = { hold-time = \(settings.holdSeconds), keepalive-interval = \(keepalive), \
            connect-retry = 1, idle-hold-time-after-reset = 1 }
            """)
        if settings.isSecured { lines.append("ttl-security.config = { enabled = true, ttl-min = 255 }") }
        if settings.remoteAddress != nil {
            lines.append("ebgp-multihop.config = { enabled = true, multihop-ttl = 64 }")
        }
        lines.append("graceful-restart.config = { enabled = true, helper-only = true }")
        for family in settings.families.sorted(by: { $0.rawValue < $1.rawValue }) {
            lines.append("[[neighbors.afi-safis]]\nconfig.afi-safi-name = \"\(family.rawValue.lowercased())-unicast\"")
            lines.append("mp-graceful-restart.config.enabled = true")
        }
        return lines.joined(separator: "\n")
    }

    /// What `gobgp` says.
    @discardableResult
    func gobgp(_ command: String) async throws -> String {
        try await namespace.run("gobgp --target unix://\(directory)/api.sock \(command)")
    }

    func route(_ prefix: String) async throws -> ShownRoute? {
        let family = prefix.contains(":") ? "ipv6" : "ipv4"
        // a prefix that is not there is a failure to it
        guard let text = try? await gobgp("-j global rib -a \(family) \(prefix)"),
            let attributes = try? JSONValue(parsing: text)[prefix]?[0]?["attrs"]
        else { return nil }
        return attributes.elements.reduce(into: ShownRoute()) { Self.add($1, to: &$0) }
    }

    private static func add(_ attribute: JSONValue, to route: inout ShownRoute) {
        switch attribute["type"]?.number {
        case 2:
            let segments = attribute["as_paths"]?.elements ?? []
            route.path = segments.flatMap { $0["asns"]?.elements.compactMap { $0.number.map { UInt32($0) } } ?? [] }
        case 3, 14: route.nextHops.formUnion([attribute["nexthop"]?.stringValue].compactMap(\.self))
        case 5: route.localPreference = attribute["value"]?.number
        case 8:
            let values = attribute["communities"]?.elements.compactMap(\.number) ?? []
            route.communities = Set(values.map { "\($0 >> 16):\($0 & 0xFFFF)" })
        case 32:
            route.largeCommunities = Set(
                (attribute["value"]?.elements ?? []).map { value in
                    ["ASN", "LocalData1", "LocalData2"].map { "\(value[$0]?.number ?? -1)" }.joined(separator: ":")
                })
        default: break
        }
    }

    var routeCount: Int {
        get async throws {
            try JSONValue(parsing: try await gobgp("-j global rib summary -a ipv4"))["num_path"]?.number ?? 0
        }
    }

    var isEstablished: Bool {
        get async throws {
            let peers = try JSONValue(parsing: try await gobgp("-j neighbor")).elements
            return peers.first?["state"]?["session_state"]?.number == 6
        }
    }

    func refresh() async throws { try await gobgp("neighbor \(far) softresetin") }

    func reset() async throws { try await gobgp("neighbor \(far) reset") }

    var log: String { get async throws { try await Command.run("cat \(directory)/log") } }
}
