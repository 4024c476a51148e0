package import KubernetesObjects

/// All kinds that the lab's API serves: the built-in ones, and what definitions of custom resources bring.
package struct ResourceRegistry: ResourceCatalog {
    /// By group and version, then by plural.
    private(set) var kinds: [GroupVersion: [String: ServedKind]] = [:]
    /// Definitions that are served, by name.
    private var definitions: [String: Definition] = [:]

    /// `serviceRanges`: where cluster IPs come from, at most one range of each family, the cluster's own family first.
    package init(serviceRanges: [ServiceRange] = ServiceRange.kubeadm) {
        for kind in BuiltInKinds.all(ranges: serviceRanges) { add(kind) }
    }

    private mutating func add(_ kind: ServedKind) {
        kinds[GroupVersion(kind.resource), default: [:]][kind.resource.plural] = kind
    }

    private func served(_ resource: APIResource) -> ServedKind? {
        kinds[GroupVersion(resource)]?[resource.plural]
    }

    private func served(_ storage: StorageKey) -> ServedKind? {
        kinds.values.lazy.compactMap { $0[storage.plural] }.first { $0.storage == storage && $0.isStorageVersion }
    }

    package func resource(group: String, version: String, plural: String) -> APIResource? {
        kinds[GroupVersion(group: group, version: version)]?[plural]?.resource
    }

    package func storage(of resource: APIResource) -> StorageKey {
        served(resource)?.storage ?? StorageKey(group: resource.group, plural: resource.plural)
    }

    package func storageResource(_ storage: StorageKey) -> APIResource? {
        served(storage)?.resource
            // A definition may store in a version that it no longer serves.
            ?? definitions.values.first { $0.storage == storage }?.storedResource
    }

    package func namespacedStorages() -> [StorageKey] {
        let storages = kinds.values.flatMap(\.values).filter {
            $0.resource.scope == .namespaced && $0.resource.verbs.contains("delete")
        }.map(\.storage)
        return Set(storages).sorted { ($0.group, $0.plural) < ($1.group, $1.plural) }
    }

    package func behavior(of resource: APIResource) -> (any KindBehavior)? {
        served(resource)?.behavior
            ?? definitions.values.first { $0.storedResource == resource }?.storedBehavior
    }

    package func convert(_ object: JSONValue, to resource: APIResource) -> JSONValue {
        guard object["apiVersion"] != .string(resource.apiVersion) else { return object }
        var converted =
            switch (resource.plural, resource.apiVersion) {
            case ("events", "v1"): EventConversion.core(object)
            case ("events", "events.k8s.io/v1"): EventConversion.new(object)
            case ("endpointslices", "discovery.k8s.io/v1"): EndpointSliceConversion.stable(object)
            case ("endpointslices", "discovery.k8s.io/v1beta1"): EndpointSliceConversion.beta(object)
            default: object
            }
        converted["apiVersion"] = .string(resource.apiVersion)
        return converted
    }

    // MARK: - Definitions

    package mutating func install(crd: JSONValue, now: Timestamp) -> JSONValue {
        let definition = Definition(crd)
        withdraw(definition.name)
        let conflict = definitions.values.lazy.compactMap { definition.conflict(with: $0) }.first
        if conflict == nil {
            definitions[definition.name] = definition
            for kind in definition.kinds { add(kind) }
        }
        return definition.status(conflict: conflict, now: now)
    }

    package mutating func remove(crd: JSONValue) { withdraw(Definition(crd).name) }

    private mutating func withdraw(_ name: String) {
        guard let old = definitions.removeValue(forKey: name) else { return }
        for kind in old.kinds {
            let version = GroupVersion(kind.resource)
            kinds[version]?[kind.resource.plural] = nil
            if kinds[version]?.isEmpty == true { kinds[version] = nil }
        }
    }
}

/// A group and a version: `apps/v1`, `v1`.
struct GroupVersion: Sendable, Hashable {
    var group: String
    var version: String

    init(group: String, version: String) {
        self.group = group
        self.version = version
    }

    init(_ resource: APIResource) { self.init(group: resource.group, version: resource.version) }

    var text: String { group.isEmpty ? version : "\(group)/\(version)" }

    /// Where it is served: `/api/v1`, `/apis/apps/v1`.
    var path: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }
}
