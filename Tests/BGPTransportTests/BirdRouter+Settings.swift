import Addresses
import TestSupport

extension BirdRouter: Router {
    /// One session, `upstream`.
    convenience init(in namespace: NetworkNamespace, _ settings: RouterSettings) async throws {
        var options = ["hold time \(settings.holdSeconds)", "graceful restart aware", "error wait time 1,2"]
        options += ["connect delay time 1", "connect retry time 1"]
        if settings.isPassive { options.append("passive") }
        options.append(settings.remoteAddress == nil && !settings.isInternal ? "direct" : "multihop")
        if let password = settings.password { options.append("password \"\(password)\"") }
        if settings.isSecured { options.append("ttl security on") }
        if !settings.isFourOctet { options.append("enable as4 off") }
        if settings.isBFDOn { options.append("bfd on") }
        let channels = settings.families.map { "\($0 == .ipv4 ? "ipv4" : "ipv6") { import all; export none; };" }
        try await self.init(
            in: namespace,
            """
            protocol bfd { interface "eth0" { interval 50 ms; multiplier 3; }; }
            protocol bgp upstream { local \(settings.near) as \(settings.ownAS);
              neighbor \(settings.far) \(settings.isInternal ? "internal" : "as \(settings.peerAS)");
              \(options.map { $0 + ";" }.joined(separator: " "))
              \(channels.joined(separator: " ")) }
            """)
    }

    func route(_ prefix: String) async throws -> ShownRoute? {
        // `Network not found` is an answer with a status of failure
        guard let text = try? await birdc("show route all \(prefix)"), text.contains("BGP.as_path") else { return nil }
        var route = ShownRoute()
        for line in text.split(separator: "\n") {
            let parts = line.split(separator: ":", maxSplits: 1)
            guard parts.count == 2 else { continue }
            let value = String(parts[1]).trimmed
            switch String(parts[0]).trimmed {
            case "BGP.as_path": route.path = value.split(separator: " ").compactMap { UInt32($0) }
            case "BGP.next_hop": route.nextHops = Set(value.split(separator: " ").map(String.init))
            case "BGP.local_pref": route.localPreference = Int(value)
            case "BGP.community": route.communities = Self.tuples(value)
            case "BGP.large_community": route.largeCommunities = Self.tuples(value)
            default: break
            }
        }
        return route
    }

    /// `(65001, 1, 2) (65001, 3, 4)` in the form that is written elsewhere.
    private static func tuples(_ text: String) -> Set<String> {
        Set(
            text.split(separator: ")").map { tuple in
                tuple.split { !$0.isNumber }.joined(separator: ":")
            })
    }

    var routeCount: Int {
        get async throws {
            // "5 of 5 routes for 5 networks in table master4"
            let line = try await birdc("show route count").split(separator: "\n").first { $0.contains("master4") }
            return line.flatMap { Int($0.prefix { $0.isNumber }) } ?? 0
        }
    }

    var isEstablished: Bool {
        get async throws { try await birdc("show protocols upstream").contains("Established") }
    }

    func refresh() async throws { try await birdc("reload in upstream") }

    func reset() async throws { try await birdc("restart upstream") }
}
