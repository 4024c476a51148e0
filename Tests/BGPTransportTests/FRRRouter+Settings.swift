import Addresses
import KubernetesObjects
import TestSupport

extension FRRRouter: Router {
    /// One session. Timers are those of a test: FRR's own wait two minutes before they dial again.
    convenience init(in namespace: NetworkNamespace, _ settings: RouterSettings) async throws {
        let far = settings.far
        var options = [
            "remote-as \(settings.peerAS)", "timers \(settings.holdSeconds / 3) \(settings.holdSeconds)",
            "timers connect 1",
        ]
        if let password = settings.password { options.append("password \(password)") }
        if settings.isSecured { options.append("ttl-security hops 1") }
        if settings.isPassive { options.append("passive") }
        if settings.isBFDOn { options.append("bfd profile fast") }
        if settings.remoteAddress != nil { options += ["ebgp-multihop", "update-source \(settings.near)"] }
        let families = settings.families.map { family in
            """
             address-family \(family == .ipv4 ? "ipv4" : "ipv6") unicast
              neighbor \(far) activate
             exit-address-family
            """
        }
        try await self.init(
            in: namespace, isBFDOn: settings.isBFDOn, isEchoOn: settings.isEchoOn,
            """
            router bgp \(settings.ownAS)
             bgp router-id 10.9.0.2
             bgp log-neighbor-changes
             no bgp ebgp-requires-policy
             no bgp default ipv4-unicast
            \(options.map { " neighbor \(far) \($0)" }.joined(separator: "\n"))
            \(families.joined(separator: "\n"))
            """)
    }

    /// Goes over to another configuration of BGP.
    func configure(_ lines: [String]) async throws {
        let asn = try await json("show bgp summary")?["ipv4Unicast"]?["as"]?.number ?? 65000
        let commands = ["configure terminal", "router bgp \(asn)"] + lines
        try await vtysh(commands.joined(separator: "' -c '"))
    }

    private func json(_ command: String) async throws -> JSONValue? {
        try? JSONValue(parsing: try await vtysh(command + " json"))
    }

    func route(_ prefix: String) async throws -> ShownRoute? {
        let family = prefix.contains(":") ? "ipv6" : "ipv4"
        guard let path = try await json("show bgp \(family) unicast \(prefix)")?["paths"]?[0] else { return nil }
        var route = ShownRoute()
        route.nextHops = Set(path["nexthops"]?.elements.compactMap { $0["ip"]?.stringValue } ?? [])
        let aspath = path["aspath"]?["string"]?.stringValue ?? ""
        route.path = aspath.split(separator: " ").compactMap { UInt32($0) }
        route.localPreference = path["locPrf"]?.number
        route.communities = Set(path["community"]?["list"]?.elements.compactMap(\.stringValue) ?? [])
        route.largeCommunities = Set(path["largeCommunity"]?["list"]?.elements.compactMap(\.stringValue) ?? [])
        return route
    }

    /// What bgpd knows of its only neighbour.
    var neighbor: JSONValue? {
        get async throws { try await json("show bgp neighbors")?.members.values.first { $0["bgpState"] != nil } }
    }

    var routeCount: Int {
        get async throws {
            try await json("show bgp ipv4 unicast summary")?["peers"]?.members.values.first?["pfxRcd"]?.number ?? 0
        }
    }

    var isEstablished: Bool {
        get async throws { try await neighbor?["bgpState"]?.stringValue == "Established" }
    }

    func refresh() async throws {
        for family in ["ipv4", "ipv6"] { try await vtysh("clear bgp \(family) unicast * soft in") }
    }

    func reset() async throws { try await vtysh("clear bgp *") }
}
