import ClusterConfiguration
import KubernetesObjects
import LegacyConfiguration

/// What is to be done so that the resources are those that something else stands for: a legacy ConfigMap, or the addresses
/// of NodePools.
///
/// Only resources that carry its labels are changed or deleted. New and changed ones come before deletions, so that a
/// renamed pool is never missing in between.
struct LegacyPlan: Sendable, Equatable {
    /// The annotation that tells what a resource was last made of, so that defaults of the server are no difference.
    static let fingerprintAnnotation = "toono.io/legacy-fingerprint"

    var writes: [ResourceWrite] = []
    /// Resources that are asked for and that somebody else has made under the same name.
    var conflicts: [ResourceID] = []
    /// The resources as they will be.
    var resources: ConfigurationResources
    private let labels: [String: String]

    /// A resource by kind and name.
    struct ResourceID: Sendable, Hashable {
        var kind: ResourceKind
        var key: ObjectKey
    }

    /// - Parameters:
    ///   - desired: what is stood for.
    ///   - observed: all resources of the namespace.
    ///   - labels: those by which resources that were made before are known.
    init(
        desired: ConfigurationResources, observed: ConfigurationResources,
        labels: [String: String] = LegacyConfiguration.labels
    ) throws {
        resources = observed
        self.labels = labels
        var deletions: [ResourceWrite] = []
        resources.pools = try plan(.pools, desired.pools, observed.pools, spec: \.spec, &deletions)
        resources.communities = try plan(
            .communities, desired.communities, observed.communities, spec: \.spec, &deletions)
        resources.bfdProfiles = try plan(
            .bfdProfiles, desired.bfdProfiles, observed.bfdProfiles, spec: \.spec, &deletions)
        resources.bgpPeers = try plan(.bgpPeers, desired.bgpPeers, observed.bgpPeers, spec: \.spec, &deletions)
        resources.bgpAdvertisements = try plan(
            .bgpAdvertisements, desired.bgpAdvertisements, observed.bgpAdvertisements, spec: \.spec, &deletions)
        resources.layer2Advertisements = try plan(
            .layer2Advertisements, desired.layer2Advertisements, observed.layer2Advertisements, spec: \.spec,
            &deletions)
        // What refers to others goes before what it refers to.
        writes += deletions.reversed()
    }

    private mutating func plan<Object: KubernetesObject, Spec: Encodable>(
        _ kind: ResourceKind, _ desired: [Object], _ observed: [Object], spec: KeyPath<Object, Spec>,
        _ deletions: inout [ResourceWrite]
    ) throws -> [Object] {
        var result = observed.filter { !$0.metadata.carries(labels) }
        let present = Dictionary(observed.map { ($0.key, $0) }, uniquingKeysWith: { _, last in last })
        for object in desired {
            let wanted = try JSONValue(encoding: object[keyPath: spec])
            if let current = present[object.key] {
                guard current.metadata.carries(labels) else {
                    conflicts.append(ResourceID(kind: kind, key: object.key))
                    continue
                }
                let patch = try Self.patch(object, wanted, current, try JSONValue(encoding: current[keyPath: spec]))
                if let patch { writes.append(.patch(kind, object.key, patch)) }
            } else {
                writes.append(.create(kind, try Self.creation(kind, object, wanted)))
            }
            result.append(object)
        }
        let wantedKeys = Set(desired.map(\.key))
        for object in observed.sorted(by: { $0.key < $1.key })
        where object.metadata.carries(labels) && !wantedKeys.contains(object.key) {
            deletions.append(.delete(kind, object.key))
        }
        return result
    }

    private static func creation(
        _ kind: ResourceKind, _ object: some KubernetesObject, _ spec: JSONValue
    ) throws -> JSONValue {
        var metadata = try JSONValue(encoding: object.metadata)
        var annotations = metadata["annotations"] ?? [:]
        annotations[fingerprintAnnotation] = .string(try spec.fingerprint())
        metadata["annotations"] = annotations
        return [
            "apiVersion": .string(kind.apiVersion), "kind": .string(kind.rawValue), "metadata": metadata, "spec": spec,
        ]
    }

    /// The merge patch that makes the present object the wanted one, or nil if it is. Members that the ConfigMap no
    /// longer asks for are removed, whereupon the server puts its defaults in their place.
    private static func patch<Object: KubernetesObject>(
        _ wanted: Object, _ wantedSpec: JSONValue, _ present: Object, _ presentSpec: JSONValue
    ) throws -> JSONValue? {
        let fingerprint = try wantedSpec.fingerprint()
        var annotations = wanted.metadata.annotations
        annotations[fingerprintAnnotation] = fingerprint
        let hasAnnotations = annotations.allSatisfy { present.metadata.annotations[$0.key] == $0.value }
        if hasAnnotations, wantedSpec.isContained(in: presentSpec) { return nil }
        var spec = wantedSpec
        for key in presentSpec.objectValue?.keys.sorted() ?? [] where wantedSpec[key] == nil { spec[key] = .null }
        var metadata: JSONValue = ["annotations": try JSONValue(encoding: annotations)]
        if !present.metadata.resourceVersion.isEmpty {
            metadata["resourceVersion"] = .string(present.metadata.resourceVersion)
        }
        return ["metadata": metadata, "spec": spec]
    }
}
