import KubernetesObjects

/// Deployments, ReplicaSets, DaemonSets and StatefulSets.
struct WorkloadRules: KindRules {
    enum Form: Sendable, Hashable { case deployment, replicaSet, daemonSet, statefulSet }

    let form: Form

    var hasGeneration: Bool { true }
    var nameRule: NameRule { form == .statefulSet ? .dns1123Label : .dns1123Subdomain }

    func setDefaults(_ object: inout JSONValue) {
        if form == .replicaSet { setReplicaSetLabels(&object) }
        object.change("spec") { spec in
            if form != .daemonSet { spec.setDefault("replicas", 1) }
            if form != .replicaSet { spec.setDefault("revisionHistoryLimit", 10) }
            switch form {
            case .deployment: setDeployment(&spec)
            case .daemonSet: setDaemonSet(&spec)
            case .statefulSet: setStatefulSet(&spec)
            case .replicaSet: break
            }
            spec.change("template") { template in template.change("spec", PodDefaults.apply) }
        }
    }

    /// Labels and selector that are not said are the template's.
    private func setReplicaSetLabels(_ object: inout JSONValue) {
        let labels = object["spec"]?["template"]?["metadata"]?["labels"]
        guard let labels, object["metadata"]?["labels"] == nil else { return }
        object.changeMetadata { $0["labels"] = labels }
    }

    private func setDeployment(_ spec: inout JSONValue) {
        spec.setDefault("progressDeadlineSeconds", 600)
        spec.change("strategy") { strategy in
            strategy.setDefault("type", "RollingUpdate")
            guard strategy.text("type") == "RollingUpdate" else { return }
            strategy.change("rollingUpdate") { rolling in
                rolling.setDefault("maxUnavailable", "25%")
                rolling.setDefault("maxSurge", "25%")
            }
        }
    }

    private func setDaemonSet(_ spec: inout JSONValue) {
        spec.change("updateStrategy") { strategy in
            strategy.setDefault("type", "RollingUpdate")
            guard strategy.text("type") == "RollingUpdate" else { return }
            strategy.change("rollingUpdate") { rolling in
                rolling.setDefault("maxUnavailable", 1)
                rolling.setDefault("maxSurge", 0)
            }
        }
    }

    private func setStatefulSet(_ spec: inout JSONValue) {
        spec.setDefault("podManagementPolicy", "OrderedReady")
        spec.change("updateStrategy") { strategy in
            strategy.setDefault("type", "RollingUpdate")
            guard strategy.text("type") == "RollingUpdate" else { return }
            strategy.change("rollingUpdate") { $0.setDefault("partition", 0) }
        }
        spec.change("persistentVolumeClaimRetentionPolicy") { policy in
            policy.setDefault("whenDeleted", "Retain")
            policy.setDefault("whenScaled", "Retain")
        }
        spec.changeElements("volumeClaimTemplates") { claim in
            claim.setDefault("kind", "PersistentVolumeClaim")
            claim.setDefault("apiVersion", "v1")
            claim.change("spec") { $0.setDefault("volumeMode", "Filesystem") }
            claim.change("status") { $0.setDefault("phase", "Pending") }
        }
    }

    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        if subresource == "status" { return [] }
        let spec = object["spec"] ?? [:]
        var causes: [APIStatus.Cause] = []
        if let replicas = spec["replicas"]?.intValue, replicas < 0 {
            causes.append(.invalid("spec.replicas", value: "\(replicas)", "must be greater than or equal to 0"))
        }
        causes += selectorProblems(spec)
        let template = spec["template"] ?? [:]
        causes += LabelRule.problems(
            template["metadata"]?.texts("labels") ?? [:], at: "spec.template.metadata.labels")
        causes += PodCheck.problems(in: template["spec"] ?? [:], at: "spec.template.spec")
        let restart = template["spec"]?.text("restartPolicy") ?? ""
        if restart != "Always", ["Never", "OnFailure"].contains(restart) {
            causes.append(
                .unsupported("spec.template.spec.restartPolicy", value: quoted(restart), supported: ["Always"]))
        }
        if let before = old?["spec"]?["selector"], before != spec["selector"] {
            causes.append(
                .invalid("spec.selector", value: Self.goText(spec["selector"] ?? [:]), "field is immutable"))
        }
        return causes
    }

    private func selectorProblems(_ spec: JSONValue) -> [APIStatus.Cause] {
        guard let json = spec["selector"], json != .null else { return [.required("spec.selector")] }
        guard let selector = LabelSelectorQuery.query(json), !selector.isEmpty else {
            return [
                .invalid(
                    "spec.selector", value: Self.goText(json),
                    json.objectValue?.isEmpty == false
                        ? "invalid label selector" : "empty selector is invalid for \(article)")
            ]
        }
        let labels = spec["template"]?["metadata"]?.texts("labels") ?? [:]
        if selector.matches(labels) { return [] }
        return [
            .invalid(
                "spec.template.metadata.labels", value: Self.goText(labels),
                "`selector` does not match template `labels`")
        ]
    }

    private var article: String {
        switch form {
        case .deployment, .replicaSet: "deployment"
        case .daemonSet: "daemonset"
        case .statefulSet: "statefulset"
        }
    }

    /// As Go's `%#v` writes it, which is what clients see in messages.
    private static func goText(_ labels: [String: String]) -> String {
        if labels.isEmpty { return "map[string]string(nil)" }
        let pairs = labels.sorted { $0.key < $1.key }.map { "\(quoted($0.key)):\(quoted($0.value))" }
        return "map[string]string{\(pairs.joined(separator: ", "))}"
    }

    private static func goText(_ selector: JSONValue) -> String {
        let expressions = selector.elements("matchExpressions").map { item in
            let values = item.textList("values").map(quoted).joined(separator: ", ")
            return
                "v1.LabelSelectorRequirement{Key:\(quoted(item.text("key"))), Operator:\(quoted(item.text("operator"))), Values:[]string{\(values)}}"
        }
        let list =
            expressions.isEmpty
            ? "[]v1.LabelSelectorRequirement(nil)"
            : "[]v1.LabelSelectorRequirement{\(expressions.joined(separator: ", "))}"
        return "v1.LabelSelector{MatchLabels:\(goText(selector.texts("matchLabels"))), MatchExpressions:\(list)}"
    }

    func selectableFields(of object: JSONValue) -> [String: String] {
        form == .replicaSet ? ["status.replicas": "\(object["status"]?.number("replicas") ?? 0)"] : [:]
    }
}

/// A `metav1.LabelSelector` as a query.
enum LabelSelectorQuery {
    /// Nil for a selector that is none. An empty selector matches everything.
    static func query(_ selector: JSONValue) -> LabelQuery? {
        var requirements: [LabelQuery.Requirement] = selector.texts("matchLabels").sorted { $0.key < $1.key }.map {
            .anyOf(key: $0.key, values: [$0.value])
        }
        for item in selector.elements("matchExpressions") {
            let (key, values) = (item.text("key"), Set(item.textList("values")))
            switch item.text("operator") {
            case "In" where !values.isEmpty: requirements.append(.anyOf(key: key, values: values))
            case "NotIn" where !values.isEmpty: requirements.append(.noneOf(key: key, values: values))
            case "Exists" where values.isEmpty: requirements.append(.present(key: key))
            case "DoesNotExist" where values.isEmpty: requirements.append(.absent(key: key))
            default: return nil
            }
        }
        return LabelQuery(requirements: requirements)
    }
}
