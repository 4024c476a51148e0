import KubernetesObjects

/// What a CustomResourceDefinition says, read.
struct Definition: Sendable {
    /// Verbs in the order in which the API server lists them for custom resources.
    private static let verbs = ["delete", "deletecollection", "get", "list", "patch", "create", "update", "watch"]

    let name: String
    let storage: StorageKey
    /// Served versions.
    let kinds: [ServedKind]
    /// The version that objects are stored in, served or not.
    let storedResource: APIResource?
    let storedBehavior: (any KindBehavior)?
    private let names: JSONValue
    private let oldStatus: JSONValue
    private let storageVersion: String

    init(_ crd: JSONValue) {
        name = crd.metadataText("name")
        let spec = crd["spec"] ?? [:]
        names = spec["names"] ?? [:]
        oldStatus = crd["status"] ?? [:]
        let group = spec.text("group")
        let storage = StorageKey(group: group, plural: names.text("plural"))
        self.storage = storage
        var kinds: [ServedKind] = []
        var stored: ServedKind?
        for version in spec.elements("versions") {
            let kind = Self.kind(version, group, names, spec.text("scope"), storage)
            if version["served"] == true { kinds.append(kind) }
            if kind.isStorageVersion { stored = kind }
        }
        self.kinds = kinds
        storedResource = stored?.resource
        storedBehavior = stored?.behavior
        storageVersion = stored?.resource.version ?? ""
    }

    private static func kind(
        _ version: JSONValue, _ group: String, _ names: JSONValue, _ scope: String, _ storage: StorageKey
    ) -> ServedKind {
        let name = version.text("name")
        let kind = names.text("kind")
        let declared = version["subresources"] ?? [:]
        var parts: [APIResource.Subresource] = []
        if declared["status"] != nil {
            parts.append(
                .init(name: "status", group: group, version: name, kind: kind, verbs: ServedKind.partVerbs))
        }
        if declared["scale"] != nil { parts.append(ServedKind.scale) }
        let resource = APIResource(
            group: group, version: name, kind: kind, plural: names.text("plural"), singular: names.text("singular"),
            shortNames: names.textList("shortNames"), categories: names.textList("categories"),
            scope: scope == "Cluster" ? .cluster : .namespaced, verbs: verbs, subresources: parts, isCustom: true)
        return ServedKind(
            resource: resource, storage: storage, isStorageVersion: version["storage"] == true,
            storageVersionHash: nil, behavior: CustomBehavior(group: group, kind: kind, version: version))
    }

    /// Why it cannot be served beside another definition of its group.
    func conflict(with other: Definition) -> (reason: String, message: String)? {
        guard other.storage.group == storage.group, other.name != name else { return nil }
        let taken = Set(other.pathNames)
        if let clash = pathNames.first(where: taken.contains) {
            return ("ShortNamesConflict", "\(quoted(clash)) is already in use")
        }
        let kinds = [other.names.text("kind"), other.names.text("listKind")]
        if kinds.contains(names.text("kind")) {
            return ("KindConflict", "\(quoted(names.text("kind"))) is already in use")
        }
        if kinds.contains(names.text("listKind")) {
            return ("ListKindConflict", "\(quoted(names.text("listKind"))) is already in use")
        }
        return nil
    }

    private var pathNames: [String] {
        [names.text("plural"), names.text("singular")] + names.textList("shortNames")
    }

    /// The definition's `status`: names and conditions are settled at once.
    func status(conflict: (reason: String, message: String)?, now: Timestamp) -> JSONValue {
        let accepted = condition(
            "NamesAccepted", conflict == nil, conflict?.reason ?? "NoConflicts",
            conflict?.message ?? "no conflicts found", now)
        let established = condition(
            "Established", conflict == nil, conflict == nil ? "InitialNamesAccepted" : "NotAccepted",
            conflict == nil ? "the initial names have been accepted" : "not all names are accepted", now)
        var versions = oldStatus.textList("storedVersions")
        if !versions.contains(storageVersion) { versions.append(storageVersion) }
        return [
            "conditions": [accepted, established],
            "acceptedNames": conflict == nil ? names : ["plural": "", "kind": ""],
            "storedVersions": .array(versions.map(JSONValue.string)),
        ]
    }

    private func condition(
        _ type: String, _ holds: Bool, _ reason: String, _ message: String, _ now: Timestamp
    ) -> JSONValue {
        let status: JSONValue = holds ? "True" : "False"
        let old = oldStatus.elements("conditions").first { $0.text("type") == type }
        let since = old?["status"] == status ? old?["lastTransitionTime"] : nil
        return [
            "type": .string(type), "status": status, "reason": .string(reason), "message": .string(message),
            "lastTransitionTime": since ?? .string(now.text),
        ]
    }
}
