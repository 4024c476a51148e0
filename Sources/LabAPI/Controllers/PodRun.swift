import Addresses
import KubernetesObjects

/// The status that a Pod has on its Node.
struct PodRun {
    let pod: PodState
    let node: JSONValue
    /// Empty while it has none and so cannot run.
    let addresses: [IPAddress]
    let now: Timestamp

    private var old: JSONValue { pod.status }
    /// Containers that run keep running when their Node is not heard of.
    private var runs: Bool { !addresses.isEmpty && (node.isReadyNode || old.text("phase") == "Running") }

    /// The members of `status` that a kubelet writes.
    var status: JSONValue {
        var status: [String: JSONValue] = [
            "phase": runs ? "Running" : "Pending", "conditions": .array(conditions),
            "startTime": old["startTime"] ?? .string(now.text),
            "containerStatuses": .array(pod.spec.elements("containers").map(containerStatus)),
        ]
        let hosts = (node["status"]?.elements("addresses") ?? []).filter { $0.text("type") == "InternalIP" }
            .map { $0.text("address") }
        if let host = hosts.first {
            status["hostIP"] = .string(host)
            status["hostIPs"] = .array(hosts.map { ["ip": .string($0)] })
        }
        if let address = addresses.first {
            status["podIP"] = .string(address.description)
            status["podIPs"] = .array(addresses.map { ["ip": .string($0.description)] })
        }
        return .object(status)
    }

    private var conditions: [JSONValue] {
        let containersReady = runs
        let gates = pod.spec.elements("readinessGates").map { $0.text("conditionType") }
        let closed = gates.filter { old.condition($0)?.text("status") != "True" }
        let ready = containersReady && closed.isEmpty && node.isReadyNode
        let reason =
            ready
            ? "" : !containersReady ? "ContainersNotReady" : closed.isEmpty ? "NodeNotReady" : "ReadinessGatesNotReady"
        let written: [(type: String, holds: Bool, reason: String)] = [
            ("PodReadyToStartContainers", runs, ""), ("Initialized", true, ""), ("Ready", ready, reason),
            ("ContainersReady", containersReady, containersReady ? "" : "ContainersNotReady"),
            ("PodScheduled", true, ""),
        ]
        let types = Set(written.map(\.type))
        let others = old.elements("conditions").filter { !types.contains($0.text("type")) }
        return written.map { entry in
            var condition = JSONValue.condition(
                entry.type, entry.holds ? "True" : "False", reason: entry.reason, old: old.condition(entry.type),
                now: now)
            condition["lastProbeTime"] = .null
            return condition
        } + others
    }

    private func containerStatus(_ container: JSONValue) -> JSONValue {
        let name = container.text("name")
        let before = old.elements("containerStatuses").first { $0.text("name") == name }
        var status: [String: JSONValue] = [
            "name": .string(name), "image": .string(container.text("image")),
            "imageID": runs ? .string(container.text("image")) : "", "ready": .bool(runs), "started": .bool(runs),
            "restartCount": before?["restartCount"] ?? 0, "lastState": before?["lastState"] ?? [:],
        ]
        if runs {
            let since = before?["state"]?["running"]?["startedAt"] ?? .string(now.text)
            status["state"] = ["running": ["startedAt": since]]
            status["containerID"] = .string("lab://\(pod.object.metadataText("uid"))/\(name)")
        } else {
            status["state"] = ["waiting": ["reason": "ContainerCreating"]]
        }
        return .object(status)
    }
}
