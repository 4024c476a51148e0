import KubernetesObjects

/// `kubectl get pods`.
extension PodRules {
    var columns: [TableColumn] {
        [
            .name, .text("Ready", "The aggregate readiness state of this pod for accepting traffic."),
            .text("Status", "The aggregate status of the containers in this pod."),
            .text(
                "Restarts",
                "The number of times the containers in this pod have been restarted and when the last container in this pod has restarted."
            ), .age,
            .text("IP", "IP address allocated to the pod. Routable at least within the cluster.", wide: true),
            .text("Node", "NodeName indicates in which node this pod is scheduled.", wide: true),
            .text(
                "Nominated Node", "nominatedNodeName is set only when this pod preempts other pods on the node.",
                wide: true),
            .text(
                "Readiness Gates", "If specified, all readiness gates will be evaluated for pod readiness.", wide: true),
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let (spec, status) = (object["spec"] ?? [:], object["status"] ?? [:])
        let containers = status.elements("containerStatuses")
        let ready = containers.count { $0["ready"] == true && $0["state"]?["running"] != nil }
        let restarts = containers.reduce(0) { $0 + $1.number("restartCount") }
        let gates = spec.elements("readinessGates").map { $0.text("conditionType") }
        let fulfilled = gates.count { gate in
            status.elements("conditions").contains { $0.text("type") == gate && $0.text("status") == "True" }
        }
        return [
            .string(object.metadataText("name")), .string("\(ready)/\(spec.elements("containers").count)"),
            .string(reason(object, status)), .string("\(restarts)"), .age(of: object, at: now),
            .shown([status.text("podIP")]), .shown([spec.text("nodeName")]),
            .shown([status.text("nominatedNodeName")]),
            .string(gates.isEmpty ? "<none>" : "\(fulfilled)/\(gates.count)"),
        ]
    }

    private func reason(_ object: JSONValue, _ status: JSONValue) -> String {
        if object.isBeingDeleted { return status.text("reason") == "NodeLost" ? "Unknown" : "Terminating" }
        for container in status.elements("containerStatuses") {
            let state = container["state"] ?? [:]
            for member in ["waiting", "terminated"] {
                if let reason = state[member]?.text("reason"), !reason.isEmpty { return reason }
            }
        }
        let reason = status.text("reason")
        return reason.isEmpty ? status.text("phase") : reason
    }
}
