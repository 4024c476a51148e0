package import KubernetesObjects
package import LabAPI

/// The kinds of the lab by name, without their rules: whatever is written is stored. It gives way to the registry that
/// knows the kinds.
package struct OpenCatalog: ResourceCatalog {
    private static let verbs = ["create", "delete", "deletecollection", "get", "list", "patch", "update", "watch"]
    /// In the order of discovery.
    private var resources: [APIResource]

    package init() {
        func kind(
            _ group: String, _ version: String, _ kind: String, _ plural: String, _ short: [String] = [],
            cluster: Bool = false, _ subresources: String...
        ) -> APIResource {
            Self.resource(
                group, version, kind, plural, singular: kind.lowercased(), short, cluster: cluster, subresources)
        }
        resources = [
            kind("", "v1", "ConfigMap", "configmaps", ["cm"]), kind("", "v1", "Endpoints", "endpoints", ["ep"]),
            kind("", "v1", "Event", "events", ["ev"]),
            kind("", "v1", "Namespace", "namespaces", ["ns"], cluster: true, "status"),
            kind("", "v1", "Node", "nodes", ["no"], cluster: true, "status"),
            kind("", "v1", "Pod", "pods", ["po"], "status"), kind("", "v1", "Secret", "secrets"),
            kind("", "v1", "ServiceAccount", "serviceaccounts", ["sa"]),
            kind("", "v1", "Service", "services", ["svc"], "status"),
            kind(
                "apiextensions.k8s.io", "v1", "CustomResourceDefinition", "customresourcedefinitions", ["crd", "crds"],
                cluster: true, "status"), kind("apps", "v1", "DaemonSet", "daemonsets", ["ds"], "status"),
            kind("apps", "v1", "Deployment", "deployments", ["deploy"], "scale", "status"),
            kind("apps", "v1", "ReplicaSet", "replicasets", ["rs"], "scale", "status"),
            kind("authorization.k8s.io", "v1", "SelfSubjectAccessReview", "selfsubjectaccessreviews", cluster: true),
            kind("coordination.k8s.io", "v1", "Lease", "leases"),
            kind("discovery.k8s.io", "v1", "EndpointSlice", "endpointslices"),
            kind("rbac.authorization.k8s.io", "v1", "ClusterRole", "clusterroles", cluster: true),
            kind("rbac.authorization.k8s.io", "v1", "ClusterRoleBinding", "clusterrolebindings", cluster: true),
            kind("rbac.authorization.k8s.io", "v1", "RoleBinding", "rolebindings"),
            kind("rbac.authorization.k8s.io", "v1", "Role", "roles"),
        ]
    }

    private static func resource(
        _ group: String, _ version: String, _ kind: String, _ plural: String, singular: String, _ short: [String],
        cluster: Bool, _ subresources: [String], isCustom: Bool = false
    ) -> APIResource {
        APIResource(
            group: group, version: version, kind: kind, plural: plural, singular: singular, shortNames: short,
            scope: cluster ? .cluster : .namespaced, verbs: verbs,
            subresources: subresources.map { name in
                name == "scale"
                    ? .init(
                        name: name, group: "autoscaling", version: "v1", kind: "Scale",
                        verbs: ["get", "patch", "update"])
                    : .init(name: name, group: group, version: version, kind: kind, verbs: ["get", "patch", "update"])
            }, isCustom: isCustom)
    }

    package func resource(group: String, version: String, plural: String) -> APIResource? {
        resources.first { $0.group == group && $0.version == version && $0.plural == plural }
    }

    package func storage(of resource: APIResource) -> StorageKey {
        StorageKey(group: resource.group, plural: resource.plural)
    }

    package func storageResource(_ storage: StorageKey) -> APIResource? {
        resources.first { $0.group == storage.group && $0.plural == storage.plural }
    }

    package func namespacedStorages() -> [StorageKey] {
        Array(Set(resources.filter { $0.scope == .namespaced }.map(storage)))
    }

    package func behavior(of resource: APIResource) -> (any KindBehavior)? { OpenKind(resource: resource) }

    package func convert(_ object: JSONValue, to resource: APIResource) -> JSONValue {
        var object = object
        object["apiVersion"] = .string(resource.apiVersion)
        return object
    }

    package mutating func install(crd: JSONValue, now: Timestamp) -> JSONValue {
        remove(crd: crd)
        let spec = crd["spec"] ?? [:]
        let names = spec["names"] ?? [:]
        let versions = (spec["versions"]?.arrayValue ?? []).filter { $0["served"]?.boolValue ?? true }
        for version in versions {
            resources.append(
                Self.resource(
                    spec["group"]?.stringValue ?? "", version["name"]?.stringValue ?? "",
                    names["kind"]?.stringValue ?? "", names["plural"]?.stringValue ?? "",
                    singular: names["singular"]?.stringValue ?? "",
                    (names["shortNames"]?.arrayValue ?? []).compactMap(\.stringValue),
                    cluster: spec["scope"] == "Cluster",
                    version["subresources"]?["status"] == nil ? [] : ["status"], isCustom: true))
        }
        func condition(_ type: String, _ reason: String) -> JSONValue {
            [
                "type": .string(type), "status": "True", "reason": .string(reason),
                "lastTransitionTime": .string(now.text),
            ]
        }
        return [
            "acceptedNames": names,
            "conditions": [
                condition("NamesAccepted", "NoConflicts"), condition("Established", "InitialNamesAccepted"),
            ],
            "storedVersions": .array(
                versions.filter { $0["storage"]?.boolValue ?? true }.compactMap { $0["name"] }),
        ]
    }

    package mutating func remove(crd: JSONValue) {
        let (group, plural) = (crd["spec"]?["group"]?.stringValue, crd["spec"]?["names"]?["plural"]?.stringValue)
        resources.removeAll { $0.isCustom && $0.group == group && $0.plural == plural }
    }
}

extension OpenCatalog {
    private var groups: [String] {
        resources.reduce(into: []) { groups, resource in
            if !groups.contains(resource.group) { groups.append(resource.group) }
        }
    }

    private func versions(of group: String) -> [String] {
        resources.reduce(into: []) { versions, resource in
            if resource.group == group, !versions.contains(resource.version) { versions.append(resource.version) }
        }
    }

    package func discovery(path: String) -> JSONValue? {
        let parts = path.split(separator: "/").map(String.init)
        switch (parts.first, parts.count) {
        case ("api", 1): return ["kind": "APIVersions", "versions": ["v1"]]
        case ("apis", 1):
            return [
                "kind": "APIGroupList", "apiVersion": "v1",
                "groups": .array(groups.filter { !$0.isEmpty }.map(groupDocument)),
            ]
        case ("api", 2): return list(group: "", version: parts[1])
        case ("apis", 2):
            guard groups.contains(parts[1]) else { return nil }
            var document = groupDocument(parts[1])
            document["kind"] = "APIGroup"
            document["apiVersion"] = "v1"
            return document
        case ("apis", 3): return list(group: parts[1], version: parts[2])
        default: return nil
        }
    }

    private func groupDocument(_ group: String) -> JSONValue {
        let versions = versions(of: group).map { version -> JSONValue in
            ["groupVersion": .string("\(group)/\(version)"), "version": .string(version)]
        }
        return ["name": .string(group), "versions": .array(versions), "preferredVersion": versions.first ?? [:]]
    }

    private func list(group: String, version: String) -> JSONValue? {
        let found = resources.filter { $0.group == group && $0.version == version }
        guard let first = found.first else { return nil }
        let entries = found.flatMap { resource -> [JSONValue] in
            func entry(_ name: String, _ kind: String, _ verbs: [String]) -> JSONValue {
                [
                    "name": .string(name), "singularName": .string(resource.singular),
                    "namespaced": .bool(resource.scope == .namespaced), "kind": .string(kind),
                    "verbs": .array(verbs.map(JSONValue.string)),
                    "shortNames": .array(resource.shortNames.map(JSONValue.string)),
                ]
            }
            return [entry(resource.plural, resource.kind, resource.verbs)]
                + resource.subresources.map { entry("\(resource.plural)/\($0.name)", $0.kind, $0.verbs) }
        }
        return [
            "kind": "APIResourceList", "apiVersion": "v1", "groupVersion": .string(first.apiVersion),
            "resources": .array(entries),
        ]
    }

    package func aggregatedDiscovery(path: String) -> JSONValue? {
        guard path == "/api" || path == "/apis" else { return nil }
        let items = groups.filter { $0.isEmpty == (path == "/api") }.map { group -> JSONValue in
            let metadata: JSONValue =
                group.isEmpty
                ? ["creationTimestamp": nil] : ["name": .string(group), "creationTimestamp": nil]
            let versions = versions(of: group).map { version -> JSONValue in
                let found = resources.filter { $0.group == group && $0.version == version }
                return [
                    "version": .string(version), "freshness": "Current", "resources": .array(found.map(aggregated)),
                ]
            }
            return ["metadata": metadata, "versions": .array(versions)]
        }
        return [
            "kind": "APIGroupDiscoveryList", "apiVersion": "apidiscovery.k8s.io/v2", "metadata": [:],
            "items": .array(items),
        ]
    }

    private func aggregated(_ resource: APIResource) -> JSONValue {
        func kind(_ group: String, _ version: String, _ kind: String) -> JSONValue {
            ["group": .string(group), "version": .string(version), "kind": .string(kind)]
        }
        return [
            "resource": .string(resource.plural), "scope": .string(resource.scope.rawValue),
            "responseKind": kind(resource.group, resource.version, resource.kind),
            "singularResource": .string(resource.singular), "verbs": .array(resource.verbs.map(JSONValue.string)),
            "shortNames": .array(resource.shortNames.map(JSONValue.string)),
            "subresources": .array(
                resource.subresources.map { part in
                    [
                        "subresource": .string(part.name), "responseKind": kind(part.group, part.version, part.kind),
                        "verbs": .array(part.verbs.map(JSONValue.string)),
                    ]
                }),
        ]
    }

    package func openAPI(path: String) -> JSONValue? {
        let rest = path.dropFirst("/openapi/v3".count).split(separator: "/").joined(separator: "/")
        if rest.isEmpty {
            let roots = Set(resources.map { $0.group.isEmpty ? "api/v1" : "apis/\($0.apiVersion)" })
            return [
                "paths": .object(
                    Dictionary(
                        uniqueKeysWithValues: roots.map {
                            ($0, ["serverRelativeURL": .string("/openapi/v3/\($0)")])
                        }))
            ]
        }
        let found = resources.filter { rest == ($0.group.isEmpty ? "api/v1" : "apis/\($0.apiVersion)") }
        guard !found.isEmpty else { return nil }
        var paths: [String: JSONValue] = [:]
        for resource in found {
            let scope = resource.scope == .namespaced ? "namespaces/{namespace}/" : ""
            paths["/\(rest)/\(scope)\(resource.plural)/{name}"] = [
                "patch": [
                    "parameters": [["name": "fieldValidation", "in": "query", "schema": ["type": "string"]]],
                    "responses": [:],
                    "x-kubernetes-group-version-kind": [
                        "group": .string(resource.group), "version": .string(resource.version),
                        "kind": .string(resource.kind),
                    ],
                ]
            ]
        }
        return ["openapi": "3.0.0", "info": ["title": "lab", "version": "v1"], "paths": .object(paths)]
    }
}
