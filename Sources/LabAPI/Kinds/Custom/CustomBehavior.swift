import KubernetesObjects

/// A kind that a definition brought, in one version.
struct CustomBehavior: KindBehavior {
    private let group: String
    private let kind: String
    private let root: SchemaNode
    private let printerColumns: [PrinterColumn]
    private let selectableFields: [String: JSONPath]
    private let hasStatus: Bool
    let schema: FieldSchema
    let columns: [TableColumn]

    /// `version` is an element of the definition's `spec.versions`.
    init(group: String, kind: String, version: JSONValue) {
        self.group = group
        self.kind = kind
        let declared = version["schema"]?["openAPIV3Schema"]
        root = SchemaNode(declared ?? ["type": "object", "x-kubernetes-preserve-unknown-fields": true])
        hasStatus = version["subresources"]?["status"] != nil
        printerColumns = version.elements("additionalPrinterColumns").compactMap(PrinterColumn.init)
        columns =
            [.name]
            + (printerColumns.isEmpty
                ? [TableColumn(name: "Age", type: "date", description: TableColumn.age.description)]
                : printerColumns.map(\.column))
        var paths: [String: JSONPath] = [:]
        for field in version.elements("selectableFields") {
            let text = field.text("jsonPath")
            paths[String(text.drop { $0 == "." })] = JSONPath(text)
        }
        selectableFields = paths
        var fields: [String: FieldSchema] = [:]
        var keepsOthers = true
        if case .structure(let structure) = root.fieldSchema {
            fields = structure.fields
            keepsOthers = structure.preservesUnknown
        }
        fields["apiVersion"] = .scalar
        fields["kind"] = .scalar
        fields["metadata"] = ShapeLibrary.builtIn.schema("ObjectMeta")
        schema = .structure(.init(fields: fields, preservesUnknown: keepsOthers))
    }

    func unknownFields(_ object: JSONValue) -> [String] {
        var pruned = object
        let metadata = ShapeDecoder().unknownFields(object["metadata"] ?? [:], as: "ObjectMeta").map {
            "metadata.\($0)"
        }
        return (metadata + root.prune(&pruned, isRoot: true)).sorted()
    }

    func normalize(_ object: inout JSONValue) throws(APIStatus) {
        do {
            var metadata = try ShapeDecoder().decode(object["metadata"] ?? [:], as: "ObjectMeta")
            if metadata["creationTimestamp"] == .null { metadata["creationTimestamp"] = nil }
            object["metadata"] = metadata
        } catch {
            throw .badRequest("\(error.message)")
        }
        _ = root.prune(&object, isRoot: true)
        root.setDefaults(&object)
    }

    func prepareForCreate(_ object: inout JSONValue, context: inout KindContext) throws(APIStatus) {
        object.changeMetadata { $0["generation"] = 1 }
        try check(object)
    }

    func prepareForUpdate(
        _ new: inout JSONValue, old: JSONValue, subresource: String?, context: inout KindContext
    ) throws(APIStatus) {
        let generation = max(old["metadata"]?.number("generation") ?? 0, 1)
        let isChanged = subresource != "status" && content(new) != content(old)
        new.changeMetadata { $0["generation"] = .int(generation + (isChanged ? 1 : 0)) }
        try check(new)
    }

    /// What `metadata.generation` counts the changes of.
    private func content(_ object: JSONValue) -> JSONValue {
        var content = object
        content["metadata"] = nil
        if hasStatus { content["status"] = nil }
        return content
    }

    private func check(_ object: JSONValue) throws(APIStatus) {
        var body = object
        body["metadata"] = nil
        // A schema may say something about the name, and require `metadata`.
        if root.properties["metadata"] != nil || root.required.contains("metadata") {
            body["metadata"] = object["metadata"]
        }
        let causes =
            MetadataRule.problems(in: object, names: .dns1123Subdomain)
            + SchemaCheck.problems(in: body, root)
        guard causes.isEmpty else {
            throw .invalid(group: group, kind: kind, name: object.metadataText("name"), causes: causes)
        }
    }

    func selectableFields(of object: JSONValue) -> [String: String] {
        selectableFields.mapValues { path in
            path.values(in: object).first.map { $0.stringValue ?? JSONWriter.text($0) } ?? ""
        }
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let name = JSONValue.string(object.metadataText("name"))
        return [name]
            + (printerColumns.isEmpty
                ? [.age(of: object, at: now)] : printerColumns.map { $0.cell(of: object, at: now) })
    }
}
