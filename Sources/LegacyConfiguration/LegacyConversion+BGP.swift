import ClusterConfiguration
import KubernetesObjects
import PositionedYAML

extension LegacyConversion {
    /// Makes one Community of all of `bgp-communities`.
    mutating func convertCommunities(_ root: LegacyReader.Fields) {
        guard let aliases = reader.textsByKey(root, "bgp-communities"), !aliases.isEmpty else { return }
        var origin = Origin(path: "bgp-communities")
        for (index, alias) in aliases.enumerated() {
            for part in ["name", "value"] { origin.fields["communities[\(index)].\(part)"] = "[\(alias.key)]" }
        }
        let metadata = metadata(Community.self, name: "communities", from: origin)
        resources.communities.append(
            Community(
                metadata: metadata,
                spec: .init(communities: aliases.map { Community.Alias(name: $0.key, value: $0.text) })))
    }

    /// Makes a BFDProfile of each of `bfd-profiles`; the answer says which name each of them has got.
    mutating func convertBFDProfiles(_ root: LegacyReader.Fields) -> [String: String] {
        let known = [
            "name", "receive-interval", "transmit-interval", "detect-multiplier", "echo-interval", "echo-mode",
            "passive-mode", "minimum-ttl",
        ]
        var profiles: [(name: String, fields: LegacyReader.Fields)] = []
        for (node, path) in reader.list(root, "bfd-profiles") {
            guard let fields = reader.fields(node, path, known: known),
                let name = reader.requiredText(fields, "name", "the BFD profile has no name")
            else { continue }
            if let first = profiles.first(where: { $0.name == name }) {
                reader.note(
                    fields.values["name"]?.position ?? node.position, fields.path(of: "name"),
                    "\"\(name.abridged)\" is the name of \(first.fields.path) as well")
            } else {
                profiles.append((name, fields))
            }
        }
        let names = ResourceNames.assign(profiles.map(\.name), fallback: "profile")
        for (profile, name) in zip(profiles, names) {
            let origin = Origin(
                path: profile.fields.path,
                fields: [
                    "receiveInterval": "receive-interval", "transmitInterval": "transmit-interval",
                    "detectMultiplier": "detect-multiplier", "echoInterval": "echo-interval", "echoMode": "echo-mode",
                    "minimumTtl": "minimum-ttl",
                ])
            let metadata = metadata(BFDProfile.self, name: name, legacyName: profile.name, from: origin)
            resources.bfdProfiles.append(BFDProfile(metadata: metadata, spec: readBFDProfile(profile.fields)))
        }
        return Dictionary(zip(profiles.map(\.name), names), uniquingKeysWith: { first, _ in first })
    }

    private mutating func readBFDProfile(_ fields: LegacyReader.Fields) -> BFDProfile.Spec {
        let any = 0...Int(UInt32.max)
        return BFDProfile.Spec(
            receiveInterval: reader.integer(fields, "receive-interval", any),
            transmitInterval: reader.integer(fields, "transmit-interval", any),
            echoInterval: reader.integer(fields, "echo-interval", any),
            detectMultiplier: reader.integer(fields, "detect-multiplier", any),
            echoMode: reader.bool(fields, "echo-mode"), passiveMode: reader.bool(fields, "passive-mode"),
            minimumTtl: reader.integer(fields, "minimum-ttl", any))
    }

    /// Makes BGPAdvertisements of a pool's `bgp-advertisements`, or a plain one where it has none.
    mutating func convertBGPAdvertisements(_ pool: LegacyReader.Fields, pool name: String) {
        let elements = reader.list(pool, "bgp-advertisements")
        if elements.isEmpty { append(BGPAdvertisement.Spec(ipAddressPools: [name]), Origin(path: pool.path)) }
        for (node, path) in elements {
            let known = ["aggregation-length", "aggregation-length-v6", "localpref", "communities"]
            guard let fields = reader.fields(node, path, known: known) else { continue }
            let spec = BGPAdvertisement.Spec(
                aggregationLength: reader.integer(fields, "aggregation-length", 0...32),
                aggregationLengthV6: reader.integer(fields, "aggregation-length-v6", 0...128),
                localPref: reader.integer(fields, "localpref", 0...Int(UInt32.max)).map { UInt32($0) },
                communities: reader.texts(fields, "communities"), ipAddressPools: [name])
            let origin = Origin(
                path: path,
                fields: [
                    "aggregationLength": "aggregation-length", "aggregationLengthV6": "aggregation-length-v6",
                    "localPref": "localpref", "communities": "communities",
                ])
            append(spec, origin)
        }
    }

    private mutating func append(_ spec: BGPAdvertisement.Spec, _ origin: Origin) {
        let metadata = metadata(
            BGPAdvertisement.self, name: "bgpadvertisement\(resources.bgpAdvertisements.count + 1)", from: origin)
        resources.bgpAdvertisements.append(BGPAdvertisement(metadata: metadata, spec: spec))
    }
}
