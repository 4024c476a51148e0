package import KubernetesObjects

/// What clients ask first: groups, versions, kinds.
extension ResourceRegistry {
    /// Built-in groups in kube-apiserver's order of priority; those of custom resources follow by name.
    private static let groupOrder = [
        "apps", "events.k8s.io", "authentication.k8s.io", "authorization.k8s.io", "networking.k8s.io", "policy",
        "rbac.authorization.k8s.io", "apiextensions.k8s.io", "scheduling.k8s.io", "coordination.k8s.io",
        "discovery.k8s.io",
    ]

    private var groups: [String] {
        let names = Set(kinds.keys.map(\.group)).subtracting([""])
        func rank(_ name: String) -> Int { Self.groupOrder.firstIndex(of: name) ?? Self.groupOrder.count }
        return names.sorted { (rank($0), $0) < (rank($1), $1) }
    }

    private func versions(of group: String) -> [String] {
        kinds.keys.filter { $0.group == group }.map(\.version).sorted(by: VersionOrder.precedes)
    }

    /// Sorted by plural.
    func kinds(of version: GroupVersion) -> [ServedKind] {
        (kinds[version] ?? [:]).sorted { $0.key < $1.key }.map(\.value)
    }

    package func discovery(path: String) -> JSONValue? {
        switch path {
        case "/api": return ["kind": "APIVersions", "versions": .array(versions(of: "").map(JSONValue.string))]
        case "/apis":
            return ["kind": "APIGroupList", "apiVersion": "v1", "groups": .array(groups.map(groupDocument))]
        default: break
        }
        let parts = path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("api", 2): return resourceList(GroupVersion(group: "", version: parts[1]))
        case ("apis", 2):
            guard groups.contains(parts[1]) else { return nil }
            var document = groupDocument(parts[1])
            document["kind"] = "APIGroup"
            document["apiVersion"] = "v1"
            return document
        case ("apis", 3): return resourceList(GroupVersion(group: parts[1], version: parts[2]))
        default: return nil
        }
    }

    private func groupDocument(_ group: String) -> JSONValue {
        let versions = versions(of: group).map { version -> JSONValue in
            ["groupVersion": .string("\(group)/\(version)"), "version": .string(version)]
        }
        return ["name": .string(group), "versions": .array(versions), "preferredVersion": versions.first ?? .null]
    }

    private func resourceList(_ version: GroupVersion) -> JSONValue? {
        guard kinds[version] != nil else { return nil }
        var document: JSONValue = [
            "kind": "APIResourceList", "groupVersion": .string(version.text),
            "resources": .array(kinds(of: version).flatMap(Self.entries)),
        ]
        // kube-apiserver writes it for all groups but the first one.
        if !version.group.isEmpty { document["apiVersion"] = "v1" }
        return document
    }

    private static func entries(_ kind: ServedKind) -> [JSONValue] {
        let resource = kind.resource
        let isNamespaced = JSONValue.bool(resource.scope == .namespaced)
        var entry: [String: JSONValue] = [
            "name": .string(resource.plural), "singularName": .string(resource.singular), "namespaced": isNamespaced,
            "kind": .string(resource.kind), "verbs": texts(resource.verbs),
        ]
        if !resource.shortNames.isEmpty { entry["shortNames"] = texts(resource.shortNames) }
        if !resource.categories.isEmpty { entry["categories"] = texts(resource.categories) }
        if let hash = kind.storageVersionHash { entry["storageVersionHash"] = .string(hash) }
        let parts = resource.subresources.map { part -> JSONValue in
            var entry: [String: JSONValue] = [
                "name": .string("\(resource.plural)/\(part.name)"), "singularName": "", "namespaced": isNamespaced,
                "kind": .string(part.kind), "verbs": texts(part.verbs),
            ]
            if part.kind != resource.kind {
                entry["group"] = .string(part.group)
                entry["version"] = .string(part.version)
            }
            return .object(entry)
        }
        return [.object(entry)] + parts
    }

    private static func texts(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }

    // MARK: - Aggregated

    package func aggregatedDiscovery(path: String) -> JSONValue? {
        let names: [String]
        switch path {
        case "/api": names = [""]
        case "/apis": names = groups
        default: return nil
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
            "items": .array(names.map(aggregatedGroup)),
        ]
    }

    private func aggregatedGroup(_ group: String) -> JSONValue {
        var metadata: [String: JSONValue] = ["creationTimestamp": .null]
        if !group.isEmpty { metadata["name"] = .string(group) }
        let versions = versions(of: group).map { version -> JSONValue in
            let kinds = kinds(of: GroupVersion(group: group, version: version))
            return [
                "version": .string(version), "resources": .array(kinds.map(Self.aggregated)), "freshness": "Current",
            ]
        }
        return ["metadata": .object(metadata), "versions": .array(versions)]
    }

    private static func aggregated(_ kind: ServedKind) -> JSONValue {
        let resource = kind.resource
        // Built-in kinds leave out the group and version that the entry stands under.
        func response(_ group: String, _ version: String, _ kind: String) -> JSONValue {
            let isOwn = !resource.isCustom && group == resource.group && version == resource.version
            return [
                "group": .string(isOwn ? "" : group), "version": .string(isOwn ? "" : version), "kind": .string(kind),
            ]
        }
        var entry: [String: JSONValue] = [
            "resource": .string(resource.plural),
            "responseKind": response(resource.group, resource.version, resource.kind),
            "scope": .string(resource.scope.rawValue), "singularResource": .string(resource.singular),
            "verbs": texts(resource.verbs),
        ]
        if !resource.shortNames.isEmpty { entry["shortNames"] = texts(resource.shortNames) }
        if !resource.categories.isEmpty { entry["categories"] = texts(resource.categories) }
        if !resource.subresources.isEmpty {
            entry["subresources"] = .array(
                resource.subresources.map { part in
                    [
                        "subresource": .string(part.name),
                        "responseKind": response(part.group, part.version, part.kind), "verbs": texts(part.verbs),
                    ]
                })
        }
        return .object(entry)
    }
}
