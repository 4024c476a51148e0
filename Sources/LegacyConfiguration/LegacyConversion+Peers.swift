import ClusterConfiguration
import KubernetesObjects
import PositionedYAML

extension LegacyConversion {
    /// Makes a BGPPeer of each of `peers`.
    mutating func convertPeers(_ root: LegacyReader.Fields, _ profiles: [String: String]) {
        let keys = [
            "myASN": "my-asn", "peerASN": "peer-asn", "peerAddress": "peer-address", "sourceAddress": "source-address",
            "peerPort": "peer-port", "holdTime": "hold-time", "keepaliveTime": "keepalive-time",
            "routerID": "router-id", "nodeSelectors": "node-selectors", "password": "password",
            "bfdProfile": "bfd-profile", "ebgpMultiHop": "ebgp-multihop",
        ]
        for (node, path) in reader.list(root, "peers") {
            guard let fields = reader.fields(node, path, known: keys.values.sorted()) else { continue }
            for (key, name) in [
                ("my-asn", "own AS number"), ("peer-asn", "peer's AS number"), ("peer-address", "address"),
            ]
            where fields.values[key] == nil {
                reader.note(node.position, path, "the peer has no \(key), the \(name)")
            }
            let spec = readPeer(fields, profiles)
            let metadata = metadata(
                BGPPeer.self, name: "peer\(resources.bgpPeers.count + 1)", from: Origin(path: path, fields: keys))
            if fields.values["my-asn"] != nil, fields.values["peer-asn"] != nil, fields.values["peer-address"] != nil {
                resources.bgpPeers.append(BGPPeer(metadata: metadata, spec: spec))
            }
        }
    }

    private mutating func readPeer(_ fields: LegacyReader.Fields, _ profiles: [String: String]) -> BGPPeer.Spec {
        let asn = 0...Int(UInt32.max)
        var spec = BGPPeer.Spec(
            myASN: reader.integer(fields, "my-asn", asn).map { UInt32($0) },
            peerASN: reader.integer(fields, "peer-asn", asn).map { UInt32($0) },
            peerAddress: reader.text(fields, "peer-address"))
        spec.sourceAddress = reader.text(fields, "source-address")
        spec.peerPort = reader.integer(fields, "peer-port", 0...65535)
        // MetalLB 0.12 proposes 90 s where nothing is said, and never fractions of a second.
        spec.holdTime = reader.text(fields, "hold-time").map(Self.wholeSeconds) ?? "90s"
        spec.keepaliveTime = reader.text(fields, "keepalive-time").map(Self.wholeSeconds)
        spec.routerID = reader.text(fields, "router-id")
        spec.nodeSelectors = readSelectors(fields)
        spec.password = reader.text(fields, "password")
        if let profile = reader.text(fields, "bfd-profile") { spec.bfdProfile = profiles[profile] ?? profile }
        spec.ebgpMultiHop = reader.bool(fields, "ebgp-multihop")
        return spec
    }

    /// A duration without fractions of a second. What is none stays as it is, to be complained of with all else.
    private static func wholeSeconds(_ text: String) -> String {
        guard let duration = GoDuration.parse(text) else { return text }
        return GoDuration.text(.seconds(duration.components.seconds))
    }

    private mutating func readSelectors(_ fields: LegacyReader.Fields) -> [LabelSelector]? {
        guard fields.values["node-selectors"] != nil else { return nil }
        return reader.list(fields, "node-selectors").compactMap { node, path in
            guard let selector = reader.fields(node, path, known: ["match-labels", "match-expressions"]) else {
                return nil
            }
            let labels = reader.textsByKey(selector, "match-labels")
            let expressions = reader.list(selector, "match-expressions").compactMap {
                readRequirement($0.node, $0.path)
            }
            return LabelSelector(
                matchLabels: labels.map {
                    Dictionary($0.map { ($0.key, $0.text) }, uniquingKeysWith: { first, _ in first })
                },
                matchExpressions: expressions.isEmpty ? nil : expressions)
        }
    }

    private mutating func readRequirement(_ node: YAMLNode, _ path: String) -> LabelSelector.Requirement? {
        guard let fields = reader.fields(node, path, known: ["key", "operator", "values"]) else { return nil }
        let key = reader.requiredText(fields, "key", "the expression has no key")
        let operation = reader.requiredText(
            fields, "operator", "the expression has no operator: In, NotIn, Exists or DoesNotExist")
        let values = reader.texts(fields, "values")
        guard let key, let operation else { return nil }
        return LabelSelector.Requirement(key: key, operator: operation, values: values)
    }
}
