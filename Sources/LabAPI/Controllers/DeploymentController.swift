import KubernetesObjects

/// Makes a Deployment's pods, on the nodes where they belong, and its status.
///
/// Stands in for three controllers, the scheduler and the kubelets at once: a pod is given a node when it is made, and it
/// runs and is ready as soon as it has one. There are no ReplicaSets: a Deployment owns its pods itself, and a changed
/// template replaces all of them.
package struct DeploymentController: LabController {
    package let name = "kube-controller-manager"

    package init() {}

    package func requests(after change: StoredChange, stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        switch change.key.storage {
        case .deployments:
            guard change.kind != .deleted else { return [] }
            return reconcile(change.object, stored, now)
        case .pods:
            if change.kind != .deleted, let status = statusOfNew(change.object, stored, now) { return [status] }
            return stored.objects(.deployments, namespace: change.key.namespace)
                .filter { change.object.isControlled(by: $0) }.flatMap { reconcile($0, stored, now) }
        case .nodes:
            return stored.objects(.deployments, namespace: nil).flatMap { reconcile($0, stored, now) }
        default: return []
        }
    }

    // MARK: - Pods

    private func reconcile(_ deployment: JSONValue, _ stored: any StoredObjects, _ now: Timestamp) -> [APIRequest] {
        guard !deployment.isBeingDeleted else { return [] }
        let hash = templateHash(deployment)
        let owned = stored.objects(.pods, namespace: deployment.namespace).filter {
            $0.isControlled(by: deployment) && !$0.isBeingDeleted
        }
        let current = owned.filter { $0.labels["pod-template-hash"] == hash }
        let old = owned.filter { $0.labels["pod-template-hash"] != hash }
        let wanted = Int(deployment["spec"]?["replicas"]?.intValue ?? 1)
        let nodes = eligibleNodes(for: deployment, stored)
        var requests = old.map(delete)
        if current.count > wanted {
            requests += surplus(current, wanted).map(delete)
        } else {
            requests += creations(wanted - current.count, beside: current, of: deployment, hash, nodes)
        }
        if let status = status(of: deployment, pods: current, wanted, now) { requests.append(status) }
        return requests
    }

    private func delete(_ pod: JSONValue) -> APIRequest {
        APIRequest(method: "DELETE", path: StorageKey.pods.path(in: pod.namespace, pod.name))
    }

    /// The pods to go: from the nodes with most of them, the last by name first.
    private func surplus(_ pods: [JSONValue], _ wanted: Int) -> [JSONValue] {
        var byNode = Dictionary(grouping: pods) { $0["spec"]?["nodeName"]?.stringValue ?? "" }
            .mapValues { $0.sorted { $0.name < $1.name } }
        return (0..<pods.count - wanted).compactMap { _ in
            let fullest = byNode.max { ($0.value.count, $0.key) < ($1.value.count, $1.key) }?.key ?? ""
            return byNode[fullest]?.popLast()
        }
    }

    private func creations(
        _ count: Int, beside pods: [JSONValue], of deployment: JSONValue, _ hash: String, _ nodes: [String]
    ) -> [APIRequest] {
        guard count > 0, !nodes.isEmpty else { return [] }
        var load = Dictionary(uniqueKeysWithValues: nodes.map { ($0, 0) })
        for pod in pods { load[pod["spec"]?["nodeName"]?.stringValue ?? ""]? += 1 }
        var taken = Set(pods.map(\.name))
        return (0..<count).map { _ in
            let node = nodes.min { (load[$0] ?? 0, $0) < (load[$1] ?? 0, $1) } ?? ""
            load[node, default: 0] += 1
            var number = 0
            var name = ""
            repeat {
                name = "\(deployment.name)-\(hash)-\(ShortName.of("\(deployment.name)/\(hash)/\(number)"))"
                number += 1
            } while !taken.insert(name).inserted
            return .write(
                "POST", StorageKey.pods.path(in: deployment.namespace), pod(name, of: deployment, hash, on: node))
        }
    }

    private func pod(_ name: String, of deployment: JSONValue, _ hash: String, on node: String) -> JSONValue {
        let template = deployment["spec"]?["template"] ?? [:]
        var labels = template["metadata"]?["labels"] ?? [:]
        labels["pod-template-hash"] = .string(hash)
        var metadata: JSONValue = [
            "name": .string(name), "labels": labels,
            "ownerReferences": [deployment.ownerReference(apiVersion: "apps/v1", kind: "Deployment")],
        ]
        metadata["annotations"] = template["metadata"]?["annotations"]
        var spec = template["spec"] ?? [:]
        spec["nodeName"] = .string(node)
        return ["apiVersion": "v1", "kind": "Pod", "metadata": metadata, "spec": spec]
    }

    private func templateHash(_ deployment: JSONValue) -> String {
        ShortName.of(JSONWriter.text(deployment["spec"]?["template"] ?? [:]), length: 9)
    }

    /// The nodes that are ready, take pods and have the labels that the template asks for, by name.
    private func eligibleNodes(for deployment: JSONValue, _ stored: any StoredObjects) -> [String] {
        let selector = deployment["spec"]?["template"]?["spec"]?["nodeSelector"]?.texts ?? [:]
        return stored.objects(.nodes, namespace: nil).filter {
            $0.hasCondition("Ready") && $0["spec"]?["unschedulable"] != true && JSONValue.selects(selector, $0.labels)
        }.map(\.name).sorted()
    }

    // MARK: - A pod's status

    /// What a kubelet would report of a pod that has a node and no address yet; nil for any other pod.
    private func statusOfNew(_ pod: JSONValue, _ stored: any StoredObjects, _ now: Timestamp) -> APIRequest? {
        guard let nodeName = pod["spec"]?["nodeName"]?.stringValue, pod["status"]?["podIP"]?.stringValue == nil,
            let node = stored.objects(.nodes, namespace: nil).first(where: { $0.name == nodeName }),
            let address = freeAddress(on: node, stored)
        else { return nil }
        let host =
            (node["status"]?["addresses"]?.arrayValue ?? []).first { $0["type"] == "InternalIP" }?["address"] ?? ""
        let time = JSONValue.string(now.text)
        let containers: [JSONValue] = (pod["spec"]?["containers"]?.arrayValue ?? []).map { container in
            [
                "name": container["name"] ?? "", "image": container["image"] ?? "", "imageID": "", "ready": true,
                "started": true, "restartCount": 0, "state": ["running": ["startedAt": time]],
            ]
        }
        let conditions: [JSONValue] = ["Initialized", "Ready", "ContainersReady", "PodScheduled"].map {
            ["type": .string($0), "status": "True", "lastTransitionTime": time]
        }
        let status: JSONValue = [
            "phase": "Running", "podIP": .string(address), "podIPs": [["ip": .string(address)]], "hostIP": host,
            "startTime": time, "conditions": .array(conditions), "containerStatuses": .array(containers),
        ]
        return .write("PATCH", StorageKey.pods.path(in: pod.namespace, pod.name, "status"), ["status": status])
    }

    /// The lowest free address of the node's IPv4 range, from its second host on: the first is the node's own.
    private func freeAddress(on node: JSONValue, _ stored: any StoredObjects) -> String? {
        let range = node["spec"]?["podCIDR"]?.stringValue ?? ""
        let octets = range.prefix { $0 != "/" }.split(separator: ".")
        guard octets.count == 4 else { return nil }
        let prefix = octets.dropLast().joined(separator: ".")
        let taken = Set(stored.objects(.pods, namespace: nil).compactMap { $0["status"]?["podIP"]?.stringValue })
        return (2...254).lazy.map { "\(prefix).\($0)" }.first { !taken.contains($0) }
    }

    // MARK: - The Deployment's status

    private func status(of deployment: JSONValue, pods: [JSONValue], _ wanted: Int, _ now: Timestamp) -> APIRequest? {
        let ready = pods.count { $0.hasCondition("Ready") }
        let isAvailable = ready >= wanted
        let old = deployment["status"] ?? [:]
        let counts: [String: JSONValue] = [
            "replicas": .int(Int64(pods.count)), "updatedReplicas": .int(Int64(pods.count)),
            "readyReplicas": .int(Int64(ready)), "availableReplicas": .int(Int64(ready)),
            "unavailableReplicas": .int(Int64(max(0, wanted - ready))),
            "observedGeneration": deployment["metadata"]?["generation"] ?? 1,
        ]
        let isTold =
            counts.allSatisfy { (old[$0.key] ?? 0) == $0.value } && deployment.hasCondition("Available") == isAvailable
        if isTold, old["conditions"] != nil { return nil }
        let time = JSONValue.string(now.text)
        var status = JSONValue.object(counts)
        status["conditions"] = [
            [
                "type": "Available", "status": isAvailable ? "True" : "False",
                "reason": isAvailable ? "MinimumReplicasAvailable" : "MinimumReplicasUnavailable",
                "message": isAvailable
                    ? "Deployment has minimum availability." : "Deployment does not have minimum availability.",
                "lastTransitionTime": time, "lastUpdateTime": time,
            ],
            [
                "type": "Progressing", "status": "True", "reason": "NewReplicaSetAvailable",
                "message": .string("Deployment \"\(deployment.name)\" has successfully progressed."),
                "lastTransitionTime": time, "lastUpdateTime": time,
            ],
        ]
        return .write(
            "PATCH", StorageKey.deployments.path(in: deployment.namespace, deployment.name, "status"),
            ["status": status])
    }
}
