import KubernetesObjects

/// Leases.
struct LeaseRules: KindRules {
    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        let spec = object["spec"] ?? [:]
        var causes: [APIStatus.Cause] = []
        if let seconds = spec["leaseDurationSeconds"]?.intValue, seconds <= 0 {
            causes.append(.invalid("spec.leaseDurationSeconds", value: "\(seconds)", "must be greater than 0"))
        }
        if let count = spec["leaseTransitions"]?.intValue, count < 0 {
            causes.append(.invalid("spec.leaseTransitions", value: "\(count)", "must be greater than or equal to 0"))
        }
        return causes
    }

    var columns: [TableColumn] {
        [.name, .text("Holder", "holderIdentity contains the identity of the holder of a current lease."), .age]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        [
            .string(object.metadataText("name")), .string(object["spec"]?.text("holderIdentity") ?? ""),
            .age(of: object, at: now),
        ]
    }
}

/// ServiceAccounts.
struct ServiceAccountRules: KindRules {
    var deletionReturnsObject: Bool { true }

    var columns: [TableColumn] {
        [
            .name,
            .integer(
                "Secrets",
                "Secrets is a list of the secrets in the same namespace that pods running using this ServiceAccount are allowed to use."
            ), .age,
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        [
            .string(object.metadataText("name")), .int(Int64(object.elements("secrets").count)),
            .age(of: object, at: now),
        ]
    }
}

/// Roles and ClusterRoles, and their bindings.
struct RoleRules: KindRules {
    let isBinding: Bool

    var nameRule: NameRule { .pathSegment }

    func setDefaults(_ object: inout JSONValue) {
        guard isBinding else { return }
        let group = "rbac.authorization.k8s.io"
        object.change("roleRef") { $0.setDefault("apiGroup", .string(group)) }
        object.changeElements("subjects") { subject in
            if subject.text("kind") != "ServiceAccount" { subject.setDefault("apiGroup", .string(group)) }
        }
    }

    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        guard isBinding else {
            return object.elements("rules").enumerated().flatMap { index, rule in
                rule.elements("verbs").isEmpty
                    ? [APIStatus.Cause.required("rules[\(index)].verbs", "verbs must contain at least one value")] : []
            }
        }
        var causes: [APIStatus.Cause] = []
        let reference = object["roleRef"] ?? [:]
        if reference.text("name").isEmpty { causes.append(.required("roleRef.name")) }
        if let old, old["roleRef"] != reference {
            causes.append(
                .invalid("roleRef", value: JSONWriter.text(reference), "cannot change roleRef"))
        }
        return causes
    }

    var columns: [TableColumn] {
        guard isBinding else {
            return [
                .name,
                TableColumn(name: "Created At", type: "date", description: TableColumn.age.description),
            ]
        }
        return [
            .name,
            .text(
                "Role",
                "RoleRef can reference a Role in the current namespace or a ClusterRole in the global namespace. If the RoleRef cannot be resolved, the Authorizer must return an error."
            ),
            .age, .text("Users", "Users in the roleBinding", wide: true),
            .text("Groups", "Groups in the roleBinding", wide: true),
            .text("ServiceAccounts", "ServiceAccounts in the roleBinding", wide: true),
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let name = JSONValue.string(object.metadataText("name"))
        guard isBinding else { return [name, .string(object.metadataText("creationTimestamp"))] }
        func subjects(_ kind: String) -> JSONValue {
            .string(
                object.elements("subjects").filter { $0.text("kind") == kind }.map { subject in
                    kind == "ServiceAccount"
                        ? "\(subject.text("namespace"))/\(subject.text("name"))" : subject.text("name")
                }.joined(separator: ", "))
        }
        let role = object["roleRef"] ?? [:]
        return [
            name, .string("\(role.text("kind"))/\(role.text("name"))"), .age(of: object, at: now), subjects("User"),
            subjects("Group"), subjects("ServiceAccount"),
        ]
    }
}

/// NetworkPolicies.
struct NetworkPolicyRules: KindRules {
    var hasGeneration: Bool { true }

    func setDefaults(_ object: inout JSONValue) {
        object.change("spec") { spec in
            for member in ["ingress", "egress"] {
                spec.changeElements(member) { rule in
                    rule.changeElements("ports") { $0.setDefault("protocol", "TCP") }
                }
            }
            if spec.elements("policyTypes").isEmpty {
                spec["policyTypes"] = spec.elements("egress").isEmpty ? ["Ingress"] : ["Ingress", "Egress"]
            }
        }
    }

    var columns: [TableColumn] {
        [
            .name,
            .text("Pod-Selector", "podSelector selects the pods to which this NetworkPolicy object applies."), .age,
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let selector = object["spec"]?["podSelector"].flatMap(LabelSelectorQuery.query)?.text ?? "<none>"
        return [.string(object.metadataText("name")), .string(selector), .age(of: object, at: now)]
    }
}

/// PodDisruptionBudgets.
struct DisruptionBudgetRules: KindRules {
    var hasGeneration: Bool { true }

    var columns: [TableColumn] {
        [
            .name, .text("Min Available", "The minimum number of pods that must be available."),
            .text("Max Unavailable", "The maximum number of pods that may be unavailable."),
            .integer("Allowed Disruptions", "Calculated number of pods that may be disrupted at this time."), .age,
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        func shown(_ member: String) -> JSONValue {
            switch object["spec"]?[member] {
            case .int(let number): .string("\(number)")
            case .string(let text): .string(text)
            default: "N/A"
            }
        }
        return [
            .string(object.metadataText("name")), shown("minAvailable"), shown("maxUnavailable"),
            .int(object["status"]?.number("disruptionsAllowed") ?? 0), .age(of: object, at: now),
        ]
    }
}

/// PriorityClasses.
struct PriorityClassRules: KindRules {
    func setDefaults(_ object: inout JSONValue) { object.setDefault("preemptionPolicy", "PreemptLowerPriority") }

    func prepare(_ object: inout JSONValue, old: JSONValue?, subresource: String?, context: inout KindContext) {
        object.changeMetadata { $0["generation"] = 1 }
    }

    var columns: [TableColumn] {
        [
            .name,
            .integer(
                "Value",
                "value represents the integer value of this priority class. This is the actual priority that pods receive when they have the name of this class in their pod spec."
            ),
            TableColumn(
                name: "Global-Default", type: "boolean",
                description:
                    "globalDefault specifies whether this PriorityClass should be considered as the default priority for pods that do not have any priority class."
            ), .age,
            .text("PreemptionPolicy", "preemptionPolicy is the Policy for preempting pods with lower priority."),
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        [
            .string(object.metadataText("name")), .int(object.number("value")),
            .bool(object["globalDefault"] == true), .age(of: object, at: now),
            .string(object.text("preemptionPolicy")),
        ]
    }
}
