import KubernetesObjects

/// CustomResourceDefinitions. Their status is the registry's to write; conversion by webhook is stored and, as with the
/// strategy None, only the version's name is rewritten.
struct DefinitionRules: KindRules {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout JSONValue) {
        object.change("spec") { spec in
            spec.change("names") { names in
                let kind = names.text("kind")
                guard !kind.isEmpty else { return }
                names.setDefault("singular", .string(kind.lowercased()))
                names.setDefault("listKind", .string("\(kind)List"))
            }
            spec.change("conversion") { conversion in
                conversion.setDefault("strategy", "None")
                if conversion["webhook"]?["clientConfig"]?["service"] != nil {
                    conversion.change("webhook") { webhook in
                        webhook.change("clientConfig") { $0.change("service") { $0.setDefault("port", 443) } }
                    }
                }
            }
        }
    }

    func prepare(_ object: inout JSONValue, old: JSONValue?, subresource: String?, context: inout KindContext) {
        if old == nil {
            object["status"] = [
                "conditions": .null, "acceptedNames": ["plural": "", "kind": ""], "storedVersions": .null,
            ]
        }
    }

    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        if subresource == "status" { return [] }
        let spec = object["spec"] ?? [:]
        var causes: [APIStatus.Cause] = []
        let name = "\(spec["names"]?.text("plural") ?? "").\(spec.text("group"))"
        if object.metadataText("name") != name {
            causes.append(
                .invalid(
                    "metadata.name", value: quoted(object.metadataText("name")),
                    "must be spec.names.plural+\".\"+spec.group"))
        }
        causes += namingProblems(spec)
        causes += versionProblems(spec.elements("versions"))
        if let before = old?["spec"] {
            for member in ["group", "scope"] where before[member] != spec[member] {
                causes.append(.invalid("spec.\(member)", value: quoted(spec.text(member)), "field is immutable"))
            }
            for member in ["plural", "kind"] where before["names"]?[member] != spec["names"]?[member] {
                causes.append(
                    .invalid(
                        "spec.names.\(member)", value: quoted(spec["names"]?.text(member) ?? ""), "field is immutable"))
            }
        }
        return causes
    }

    private func namingProblems(_ spec: JSONValue) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        let group = spec.text("group")
        if group.isEmpty {
            causes.append(.required("spec.group"))
        } else {
            causes += NameRule.dns1123Subdomain.problems(group).map {
                .invalid("spec.group", value: quoted(group), $0)
            }
            if group.split(separator: ".").count < 2 {
                causes.append(
                    .invalid("spec.group", value: quoted(group), "should be a domain with at least one dot"))
            }
        }
        let scope = spec.text("scope")
        if scope.isEmpty {
            causes.append(.required("spec.scope"))
        } else if scope != "Cluster", scope != "Namespaced" {
            causes.append(.unsupported("spec.scope", value: quoted(scope), supported: ["Cluster", "Namespaced"]))
        }
        let names = spec["names"] ?? [:]
        for member in ["plural", "kind"] {
            let name = names.text(member)
            if name.isEmpty {
                causes.append(.required("spec.names.\(member)"))
            } else {
                causes += NameRule.dns1035Label.problems(name.lowercased()).map {
                    .invalid("spec.names.\(member)", value: quoted(name), $0)
                }
            }
        }
        for (index, name) in names.textList("shortNames").enumerated() {
            causes += NameRule.dns1035Label.problems(name).map {
                .invalid("spec.names.shortNames[\(index)]", value: quoted(name), $0)
            }
        }
        return causes
    }

    private func versionProblems(_ versions: [JSONValue]) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        let stored = versions.count { $0["storage"] == true }
        if stored != 1 {
            causes.append(
                .invalid(
                    "spec.versions", value: JSONWriter.text(.array(versions.map { $0["name"] ?? .null })),
                    "must have exactly one version marked as storage version"))
        }
        var names: Set<String> = []
        for (index, version) in versions.enumerated() {
            let place = "spec.versions[\(index)]"
            let name = version.text("name")
            causes += NameRule.dns1035Label.problems(name).map { .invalid("\(place).name", value: quoted(name), $0) }
            if !names.insert(name).inserted { causes.append(.duplicate("\(place).name", value: quoted(name))) }
            let schemaPlace = "\(place).schema.openAPIV3Schema"
            if let schema = version["schema"]?["openAPIV3Schema"] {
                causes += DefinitionSchemaCheck.problems(in: schema, at: schemaPlace)
            } else {
                causes.append(.required(schemaPlace, "schemas are required"))
            }
            for (number, column) in version.elements("additionalPrinterColumns").enumerated() {
                causes += columnProblems(column, at: "\(place).additionalPrinterColumns[\(number)]")
            }
        }
        return causes
    }

    private func columnProblems(_ column: JSONValue, at place: String) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        if column.text("name").isEmpty { causes.append(.required("\(place).name")) }
        let types = ["boolean", "date", "integer", "number", "string"]
        if !types.contains(column.text("type")) {
            causes.append(
                .invalid(
                    "\(place).type", value: quoted(column.text("type")),
                    "must be one of \(types.joined(separator: ","))"
                ))
        }
        let path = column.text("jsonPath")
        if path.isEmpty {
            causes.append(.required("\(place).jsonPath"))
        } else if JSONPath(path) == nil {
            causes.append(.invalid("\(place).jsonPath", value: quoted(path), "is an invalid JSON path"))
        }
        return causes
    }

    var columns: [TableColumn] {
        [
            .name,
            TableColumn(name: "Created At", type: "date", description: TableColumn.age.description),
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        [.string(object.metadataText("name")), .string(object.metadataText("creationTimestamp"))]
    }
}
