import ClusterConfiguration
import KubernetesObjects
import PositionedYAML

extension LegacyConversion {
    /// One of `address-pools`, read as far as it can be.
    private struct Pool {
        var fields: LegacyReader.Fields
        var name: String
        var isLayer2: Bool
        var spec: IPAddressPool.Spec
    }

    /// Makes an IPAddressPool and its advertisements of each of `address-pools`.
    mutating func convertPools(_ root: LegacyReader.Fields) {
        var pools: [Pool] = []
        var seen: [String: String] = [:]
        for (node, path) in reader.list(root, "address-pools") {
            guard let pool = readPool(node, path) else { continue }
            if let first = seen[pool.name] {
                reader.note(
                    pool.fields.values["name"]?.position ?? node.position, pool.fields.path(of: "name"),
                    "\"\(pool.name.abridged)\" is the name of \(first) as well")
                continue
            }
            seen[pool.name] = path
            pools.append(pool)
        }
        let names = ResourceNames.assign(pools.map(\.name), fallback: "pool")
        for (pool, name) in zip(pools, names) {
            let metadata = metadata(
                IPAddressPool.self, name: name, legacyName: pool.name,
                from: Origin(
                    path: pool.fields.path,
                    fields: [
                        "addresses": "addresses", "autoAssign": "auto-assign", "avoidBuggyIPs": "avoid-buggy-ips",
                    ]))
            resources.pools.append(IPAddressPool(metadata: metadata, spec: pool.spec))
            if pool.isLayer2 {
                convertLayer2(pool.fields, pool: name)
            } else {
                convertBGPAdvertisements(pool.fields, pool: name)
            }
        }
    }

    private mutating func readPool(_ node: YAMLNode, _ path: String) -> Pool? {
        let known = ["protocol", "name", "addresses", "avoid-buggy-ips", "auto-assign", "bgp-advertisements"]
        guard let fields = reader.fields(node, path, known: known) else { return nil }
        let name = reader.requiredText(fields, "name", "the address pool has no name")
        let kind = reader.requiredText(
            fields, "protocol", "the address pool has no protocol: it must be layer2 or bgp")
        let spec = IPAddressPool.Spec(
            addresses: reader.texts(fields, "addresses"), autoAssign: reader.bool(fields, "auto-assign"),
            avoidBuggyIPs: reader.bool(fields, "avoid-buggy-ips"))
        if let kind, kind != "layer2", kind != "bgp", let value = fields.values["protocol"] {
            reader.note(
                value.position, fields.path(of: "protocol"),
                "\"\(kind.abridged)\" is no protocol: it must be layer2 or bgp")
        }
        guard let name else { return nil }
        return Pool(fields: fields, name: name, isLayer2: kind != "bgp", spec: spec)
    }

    private mutating func convertLayer2(_ fields: LegacyReader.Fields, pool: String) {
        if let advertisements = fields.values["bgp-advertisements"], fields.values["protocol"]?.scalar?.text == "layer2"
        {
            reader.note(
                advertisements.position, fields.path(of: "bgp-advertisements"),
                "a pool of protocol layer2 has no bgp-advertisements")
        }
        let metadata = metadata(
            L2Advertisement.self, name: "l2advertisement\(resources.layer2Advertisements.count + 1)",
            from: Origin(path: fields.path))
        resources.layer2Advertisements.append(L2Advertisement(metadata: metadata, spec: .init(ipAddressPools: [pool])))
    }
}
