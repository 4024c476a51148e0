import KubernetesObjects

/// Whether a schema is structural (`pkg/apiserver/schema.NewStructural` and `ValidateStructural`): every node that
/// declares fields has a type, and combinations only restrict.
enum DefinitionSchemaCheck {
    private static let types = ["array", "boolean", "integer", "number", "object", "string"]

    static func problems(in schema: JSONValue, at place: String) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        if schema.text("type") != "object" {
            causes.append(
                schema.text("type").isEmpty
                    ? .required("\(place).type", "must not be empty at the root")
                    : .invalid("\(place).type", value: quoted(schema.text("type")), "must be object at the root"))
        }
        check(schema, place, isRoot: true, &causes)
        return causes
    }

    private static func check(_ schema: JSONValue, _ place: String, isRoot: Bool, _ causes: inout [APIStatus.Cause]) {
        let type = schema.text("type")
        let isFree =
            schema["x-kubernetes-int-or-string"] == true || schema["x-kubernetes-preserve-unknown-fields"] == true
        if !isRoot, type.isEmpty, !isFree {
            causes.append(.required("\(place).type", "must not be empty for specified object fields"))
        }
        if !type.isEmpty, !types.contains(type) {
            causes.append(.unsupported("\(place).type", value: quoted(type), supported: types))
        }
        if type == "array", schema["items"] == nil {
            causes.append(.required("\(place).items", "must be specified"))
        }
        if schema["uniqueItems"] == true {
            causes.append(
                .forbidden(
                    "\(place).uniqueItems",
                    "uniqueItems cannot be set to true since the runtime complexity becomes quadratic"))
        }
        let pattern = schema.text("pattern")
        if !pattern.isEmpty, SchemaPattern(pattern) == nil {
            causes.append(
                .invalid("\(place).pattern", value: quoted(pattern), "must be a valid regular expression"))
        }
        let hasProperties = schema["properties"]?.objectValue?.isEmpty == false
        if hasProperties, schema["additionalProperties"] != nil {
            causes.append(
                .forbidden("\(place).additionalProperties", "additionalProperties and properties are mutual exclusive"))
        }
        checkListType(schema, place, &causes)
        if let standard = schema["default"], standard != .null {
            var pruned = standard
            let node = SchemaNode(schema)
            _ = node.prune(&pruned, isRoot: false)
            causes += SchemaCheck.problems(in: standard, node, at: "\(place).default")
        }
        for (name, inner) in (schema["properties"]?.objectValue ?? [:]).sorted(by: { $0.key < $1.key }) {
            check(inner, "\(place).properties[\(name)]", isRoot: false, &causes)
        }
        if let inner = schema["additionalProperties"], case .object = inner {
            check(inner, "\(place).additionalProperties", isRoot: false, &causes)
        }
        if let inner = schema["items"], case .object = inner { check(inner, "\(place).items", isRoot: false, &causes) }
    }

    private static func checkListType(_ schema: JSONValue, _ place: String, _ causes: inout [APIStatus.Cause]) {
        let keys = schema.textList("x-kubernetes-list-map-keys")
        switch schema.text("x-kubernetes-list-type") {
        case "", "atomic", "set": return
        case "map":
            if keys.isEmpty {
                causes.append(
                    .required(
                        "\(place).x-kubernetes-list-map-keys", "must not be empty if x-kubernetes-list-type is map"))
            }
            let required = Set(schema["items"]?.textList("required") ?? [])
            for key in keys {
                let property = schema["items"]?["properties"]?[key]
                if property == nil || !required.contains(key) && property?["default"] == nil {
                    causes.append(
                        .required(
                            "\(place).items.properties[\(key)].default",
                            "this property is in x-kubernetes-list-map-keys, so it must have a default or be a required property"
                        ))
                }
            }
        case let other:
            causes.append(
                .unsupported(
                    "\(place).x-kubernetes-list-type", value: quoted(other), supported: ["atomic", "map", "set"]))
        }
    }
}
