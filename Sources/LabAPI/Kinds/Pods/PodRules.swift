import KubernetesObjects

/// Pods. In the lab `spec.nodeName` may be set once by an ordinary update, which stands for the binding of a scheduler.
struct PodRules: KindRules {
    var deletionReturnsObject: Bool { true }

    func setDefaults(_ object: inout JSONValue) {
        object.change("spec") { spec in
            PodDefaults.apply(to: &spec)
            spec.setDefault("enableServiceLinks", true)
        }
    }

    func prepare(_ object: inout JSONValue, old: JSONValue?, subresource: String?, context: inout KindContext) {
        guard old == nil else { return }
        object.change("spec") { spec in
            // What admission adds in every cluster.
            spec.setDefault("serviceAccountName", "default")
            spec["serviceAccount"] = spec["serviceAccountName"]
            spec.setDefault("priority", 0)
            spec.setDefault("preemptionPolicy", "PreemptLowerPriority")
        }
        object["status"] = ["phase": "Pending", "qosClass": .string(Self.qosClass(of: object["spec"] ?? [:]))]
    }

    /// How sure a Pod may be of its resources (`GetPodQOS`).
    private static func qosClass(of spec: JSONValue) -> String {
        let resources = (spec.elements("containers") + spec.elements("initContainers")).map { $0["resources"] ?? [:] }
        let said = resources.filter { !$0.texts("limits").isEmpty || !$0.texts("requests").isEmpty }
        if said.isEmpty { return "BestEffort" }
        let areSure = resources.allSatisfy { resource in
            let limits = resource.texts("limits")
            return ["cpu", "memory"].allSatisfy { limits[$0] != nil && limits[$0] == resource.texts("requests")[$0] }
        }
        return areSure ? "Guaranteed" : "Burstable"
    }

    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        if subresource == "status" { return [] }
        var causes = PodCheck.problems(in: object["spec"] ?? [:], at: "spec")
        guard let old, Self.fixed(object["spec"] ?? [:], old) != Self.fixed(old["spec"] ?? [:], old) else {
            return causes
        }
        causes.append(
            .forbidden(
                "spec",
                "pod updates may not change fields other than `spec.containers[*].image`,`spec.initContainers[*].image`,`spec.activeDeadlineSeconds`,`spec.tolerations` (only additions to existing tolerations),`spec.terminationGracePeriodSeconds` (allow it to be set to 1 if it was previously negative)"
            ))
        return causes
    }

    /// What an update may not change.
    private static func fixed(_ spec: JSONValue, _ old: JSONValue) -> JSONValue {
        var fixed = spec
        for member in ["activeDeadlineSeconds", "tolerations", "terminationGracePeriodSeconds"] { fixed[member] = nil }
        for member in ["containers", "initContainers"] {
            fixed.changeElements(member) { container in
                container["image"] = nil
                container["imagePullPolicy"] = nil
            }
        }
        if old["spec"]?.text("nodeName").isEmpty ?? true { fixed["nodeName"] = nil }
        return fixed
    }

    func selectableFields(of object: JSONValue) -> [String: String] {
        let (spec, status) = (object["spec"] ?? [:], object["status"] ?? [:])
        return [
            "spec.nodeName": spec.text("nodeName"), "spec.restartPolicy": spec.text("restartPolicy"),
            "spec.schedulerName": spec.text("schedulerName"),
            "spec.serviceAccountName": spec.text("serviceAccountName"),
            "spec.hostNetwork": spec["hostNetwork"] == true ? "true" : "false", "status.phase": status.text("phase"),
            "status.podIP": status.text("podIP"), "status.nominatedNodeName": status.text("nominatedNodeName"),
        ]
    }
}
