import KubernetesObjects

/// Whether a Pod may run on a Node: readiness, cordon, taints, `nodeSelector` and required node affinity.
enum NodeFit {
    static func fits(_ pod: PodState, _ node: JSONValue) -> Bool {
        guard node.isReadyNode, !node.isBeingDeleted, node["spec"]?["unschedulable"] != true else { return false }
        let labels = node["metadata"]?.texts("labels") ?? [:]
        guard pod.spec.texts("nodeSelector").allSatisfy({ labels[$0.key] == $0.value }) else { return false }
        return toleratesTaints(pod, node) && hasAffinity(pod, labels, node.metadataText("name"))
    }

    private static func toleratesTaints(_ pod: PodState, _ node: JSONValue) -> Bool {
        let tolerations = pod.spec.elements("tolerations")
        return (node["spec"]?.elements("taints") ?? []).allSatisfy { taint in
            if taint.text("effect") == "PreferNoSchedule" { return true }
            return tolerations.contains { tolerates($0, taint) }
        }
    }

    private static func tolerates(_ toleration: JSONValue, _ taint: JSONValue) -> Bool {
        let (effect, key) = (toleration.text("effect"), toleration.text("key"))
        guard effect.isEmpty || effect == taint.text("effect") else { return false }
        if toleration.text("operator") == "Exists" { return key.isEmpty || key == taint.text("key") }
        return key == taint.text("key") && toleration.text("value") == taint.text("value")
    }

    /// One of the terms must hold with all that it says.
    private static func hasAffinity(_ pod: PodState, _ labels: [String: String], _ name: String) -> Bool {
        let required = pod.spec["affinity"]?["nodeAffinity"]?["requiredDuringSchedulingIgnoredDuringExecution"]
        guard let required else { return true }
        return required.elements("nodeSelectorTerms").contains { term in
            let (expressions, fields) = (term.elements("matchExpressions"), term.elements("matchFields"))
            return !(expressions.isEmpty && fields.isEmpty) && matches(expressions, labels)
                && matches(fields, ["metadata.name": name])
        }
    }

    private static func matches(_ expressions: [JSONValue], _ values: [String: String]) -> Bool {
        expressions.allSatisfy { expression in
            let value = values[expression.text("key")]
            let bound = expression.textList("values").first.flatMap(Int64.init)
            switch expression.text("operator") {
            case "In": return value.map(expression.textList("values").contains) ?? false
            case "NotIn": return value.map { !expression.textList("values").contains($0) } ?? true
            case "Exists": return value != nil
            case "DoesNotExist": return value == nil
            case "Gt": return (value.flatMap(Int64.init).flatMap { number in bound.map { number > $0 } }) ?? false
            case "Lt": return (value.flatMap(Int64.init).flatMap { number in bound.map { number < $0 } }) ?? false
            default: return false
            }
        }
    }
}
