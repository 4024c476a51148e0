import KubernetesObjects

/// What `metadata` may say in every kind (`ValidateObjectMeta`).
enum MetadataRule {
    /// All annotations of an object together, in bytes.
    private static let annotationLimit = 256 * 1024

    static func problems(in object: JSONValue, names: NameRule) -> [APIStatus.Cause] {
        let metadata = object["metadata"] ?? [:]
        var causes: [APIStatus.Cause] = []
        if let base = metadata["generateName"]?.stringValue, !base.isEmpty {
            causes += names.problems(base, isPrefix: true).map {
                .invalid("metadata.generateName", value: quoted(base), $0)
            }
        }
        let name = metadata["name"]?.stringValue ?? ""
        causes += names.problems(name).map { .invalid("metadata.name", value: quoted(name), $0) }
        causes += LabelRule.problems(metadata.texts("labels"), at: "metadata.labels")
        causes += annotationProblems(metadata.texts("annotations"))
        for (index, owner) in (metadata["ownerReferences"]?.arrayValue ?? []).enumerated() {
            causes += ownerProblems(owner, at: "metadata.ownerReferences[\(index)]")
        }
        for finalizer in (metadata["finalizers"]?.arrayValue ?? []).compactMap(\.stringValue) {
            causes += finalizerProblems(finalizer)
        }
        return causes
    }

    private static func annotationProblems(_ annotations: [String: String]) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        for key in annotations.keys.sorted() {
            causes += LabelRule.keyProblems(key.lowercased()).map {
                .invalid("metadata.annotations", value: quoted(key), $0)
            }
        }
        let size = annotations.reduce(0) { $0 + $1.key.utf8.count + $1.value.utf8.count }
        if size > annotationLimit {
            causes.append(
                .init(
                    reason: "FieldValueTooLong", message: "Too long: may not be more than \(annotationLimit) bytes",
                    field: "metadata.annotations"))
        }
        return causes
    }

    private static func ownerProblems(_ owner: JSONValue, at place: String) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        for (member, message) in [
            ("apiVersion", "version must not be empty"), ("kind", "must not be empty"),
            ("name", "must not be empty"), ("uid", "must not be empty"),
        ] where owner.text(member).isEmpty {
            causes.append(.invalid("\(place).\(member)", value: quoted(""), message))
        }
        return causes
    }

    private static func finalizerProblems(_ finalizer: String) -> [APIStatus.Cause] {
        if !finalizer.contains("/"), !["kubernetes", "orphan", "foregroundDeletion"].contains(finalizer) {
            return [
                .invalid(
                    "metadata.finalizers", value: quoted(finalizer),
                    "name is neither a standard finalizer name nor is it fully qualified")
            ]
        }
        return LabelRule.keyProblems(finalizer).map {
            .invalid("metadata.finalizers", value: quoted(finalizer), $0)
        }
    }
}
