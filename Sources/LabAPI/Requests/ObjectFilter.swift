import KubernetesObjects

/// Which objects of a storage a list or a watch is about.
struct ObjectFilter: Sendable {
    var namespace: String?
    var labels: LabelQuery
    var fields: FieldQuery
    var behavior: any KindBehavior

    init(_ options: ListOptions, namespace: String?, name: String?, behavior: any KindBehavior) throws(APIStatus) {
        self.namespace = namespace
        self.behavior = behavior
        labels = options.labels
        let supported = Set(behavior.selectableFields(of: [:]).keys).union(["metadata.name", "metadata.namespace"])
        fields = try FieldQuery(parsing: options.fieldSelector, supported: supported)
        if let name { fields.terms.append(.init(field: "metadata.name", value: name)) }
    }

    /// True if only the namespace decides.
    var selectsAll: Bool { labels.isEmpty && fields.terms.isEmpty }

    func matches(_ object: StoredObject) -> Bool {
        if let namespace, object.key.namespace != namespace { return false }
        if !labels.isEmpty, !labels.matches(object.labels) { return false }
        if fields.terms.isEmpty { return true }
        if let name = fields.name, object.key.name != name { return false }
        var values = behavior.selectableFields(of: object.json)
        values["metadata.name"] = object.key.name
        values["metadata.namespace"] = object.key.namespace
        return fields.matches(values)
    }
}
