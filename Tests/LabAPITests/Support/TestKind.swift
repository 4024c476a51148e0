import KubernetesObjects

@testable import LabAPI

/// A kind as plain data, enough to hold the pipeline to recorded answers.
struct TestKind: KindBehavior {
    var resource: APIResource
    var schema: FieldSchema
    var emptyObject: JSONValue = [:]
    var deletionReturnsObject = false
    var keepsStatusOnCreate = false
    var setDefaults: @Sendable (inout JSONValue) -> Void = { _ in }
    var decide: @Sendable (inout JSONValue, inout KindContext) -> Void = { _, _ in }
    var columns: [TableColumn] = []
    var row: @Sendable (JSONValue) -> [JSONValue] = { _ in [] }

    func unknownFields(_ object: JSONValue) -> [String] {
        guard case .structure(let structure) = schema, !structure.fields.isEmpty, !structure.preservesUnknown else {
            return []
        }
        return (object.objectValue ?? [:]).keys.filter { structure.fields[$0] == nil && !Self.common.contains($0) }
            .sorted()
    }

    func normalize(_ object: inout JSONValue) throws(APIStatus) {
        for field in unknownFields(object) { object[field] = nil }
        object.changeMetadata { metadata in
            for member in ["labels", "annotations"] where metadata[member]?.objectValue?.isEmpty == true {
                metadata[member] = nil
            }
        }
        setDefaults(&object)
    }

    func prepareForCreate(_ object: inout JSONValue, context: inout KindContext) throws(APIStatus) {
        decide(&object, &context)
    }

    func prepareForUpdate(
        _ new: inout JSONValue, old: JSONValue, subresource: String?, context: inout KindContext
    ) throws(APIStatus) {
        decide(&new, &context)
    }

    func selectableFields(of object: JSONValue) -> [String: String] {
        ["status.phase": object["status"]?["phase"]?.stringValue ?? ""]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let created = Timestamp(object.metadataText("creationTimestamp")) ?? now
        return [object["metadata"]?["name"] ?? ""] + row(object) + [.string("\(now.seconds - created.seconds)s")]
    }

    private static let common: Set<String> = ["apiVersion", "kind", "metadata"]
}

/// A few kinds.
struct TestCatalog: ResourceCatalog {
    private var kinds: [TestKind] = [
        .configMap, .namespace, .service, .event, .lease, .deployment, .widget, .review,
    ]

    func resource(group: String, version: String, plural: String) -> APIResource? {
        kinds.first { $0.resource.group == group && $0.resource.version == version && $0.resource.plural == plural }?
            .resource
    }

    func storage(of resource: APIResource) -> StorageKey {
        StorageKey(group: resource.group, plural: resource.plural)
    }

    func storageResource(_ storage: StorageKey) -> APIResource? {
        kinds.first { $0.resource.group == storage.group && $0.resource.plural == storage.plural }?.resource
    }

    func namespacedStorages() -> [StorageKey] {
        kinds.filter { $0.resource.scope == .namespaced }.map { storage(of: $0.resource) }
    }

    func behavior(of resource: APIResource) -> (any KindBehavior)? { kinds.first { $0.resource == resource } }
    func convert(_ object: JSONValue, to resource: APIResource) -> JSONValue { object }
    mutating func install(crd: JSONValue, now: Timestamp) -> JSONValue { [:] }
    mutating func remove(crd: JSONValue) {}
    func discovery(path: String) -> JSONValue? { path == "/api" ? ["kind": "APIVersions", "versions": ["v1"]] : nil }
    func aggregatedDiscovery(path: String) -> JSONValue? { nil }
    func openAPI(path: String) -> JSONValue? { nil }
}
