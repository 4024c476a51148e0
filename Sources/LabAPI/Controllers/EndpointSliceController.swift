import KubernetesObjects

/// Keeps the EndpointSlices of Services with a selector as the pods are (`discovery.k8s.io`, as kube-controller-manager's
/// endpointslice controller does; without topology hints).
package struct EndpointSliceController: LabController {
    package let name = "endpointslice-controller"
    private static let manager = "endpointslice-controller.k8s.io"
    private static let endpointsPerSlice = 100

    package init() {}

    package func requests(after change: StoredChange, stored: any StoredObjects, now: Timestamp) -> [APIRequest] {
        switch change.key.storage {
        case .services:
            guard change.kind != .deleted else { return ours(of: change.object, stored).map(delete) }
            return reconcile(change.object, stored)
        case .pods:
            let labels = [change.object.labels, change.old?.labels].compactMap { $0 }
            return services(in: change.key.namespace, stored) { selector in
                labels.contains { JSONValue.selects(selector, $0) }
            }.flatMap { reconcile($0, stored) }
        case .nodes:
            // Heartbeats change nothing here.
            guard change.old?.hasCondition("Ready") != change.object.hasCondition("Ready") || change.kind == .deleted
            else { return [] }
            return services(in: nil, stored) { _ in true }.flatMap { reconcile($0, stored) }
        default: return []
        }
    }

    private func services(
        in namespace: String?, _ stored: any StoredObjects, where matches: ([String: String]) -> Bool
    ) -> [JSONValue] {
        stored.objects(.services, namespace: namespace).filter { service in
            let selector = service["spec"]?["selector"]?.texts ?? [:]
            return !selector.isEmpty && matches(selector)
        }
    }

    // MARK: - One Service

    private func reconcile(_ service: JSONValue, _ stored: any StoredObjects) -> [APIRequest] {
        let existing = Dictionary(
            ours(of: service, stored).map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })
        let wanted = slices(of: service, stored)
        var requests: [APIRequest] = []
        for slice in wanted {
            guard let old = existing[slice.name] else {
                requests.append(.write("POST", StorageKey.endpointSlices.path(in: service.namespace), slice))
                continue
            }
            // Compared as what is served: the server may add what defaults say.
            if Self.endpoints(of: old) != Self.endpoints(of: slice) || Self.ports(of: old) != Self.ports(of: slice) {
                requests.append(
                    .write(
                        "PATCH", StorageKey.endpointSlices.path(in: service.namespace, slice.name),
                        ["endpoints": slice["endpoints"] ?? [], "ports": slice["ports"] ?? []]))
            }
        }
        let kept = Set(wanted.map(\.name))
        return requests + existing.values.filter { !kept.contains($0.name) }.sorted { $0.name < $1.name }.map(delete)
    }

    private func delete(_ slice: JSONValue) -> APIRequest {
        APIRequest(method: "DELETE", path: StorageKey.endpointSlices.path(in: slice.namespace, slice.name))
    }

    /// The slices that this controller made for a Service.
    private func ours(of service: JSONValue, _ stored: any StoredObjects) -> [JSONValue] {
        stored.objects(.endpointSlices, namespace: service.namespace).filter {
            $0.labels["kubernetes.io/service-name"] == service.name
                && $0.labels["endpointslice.kubernetes.io/managed-by"] == Self.manager
        }
    }

    private static func endpoints(of slice: JSONValue) -> [String] {
        (slice["endpoints"]?.arrayValue ?? []).map { endpoint in
            let conditions = endpoint["conditions"] ?? [:]
            return [
                endpoint["addresses"], endpoint["nodeName"], conditions["ready"], conditions["serving"],
                conditions["terminating"],
            ].map { JSONWriter.text($0 ?? .null) }.joined(separator: " ")
        }
    }

    private static func ports(of slice: JSONValue) -> [String] {
        (slice["ports"]?.arrayValue ?? []).map { port in
            "\(port["name"]?.stringValue ?? "") \(port["protocol"]?.stringValue ?? "TCP") \(port["port"]?.intValue ?? 0)"
        }
    }

    // MARK: - What should be

    private func slices(of service: JSONValue, _ stored: any StoredObjects) -> [JSONValue] {
        let selector = service["spec"]?["selector"]?.texts ?? [:]
        guard !selector.isEmpty, service["spec"]?["type"] != "ExternalName", !service.isBeingDeleted else { return [] }
        let pods = stored.objects(.pods, namespace: service.namespace).filter { JSONValue.selects(selector, $0.labels) }
        let nodes = Dictionary(
            stored.objects(.nodes, namespace: nil).map { ($0.name, $0.hasCondition("Ready")) },
            uniquingKeysWith: { _, last in last })
        let families = (service["spec"]?["ipFamilies"]?.arrayValue ?? []).compactMap(\.stringValue)
        return (families.isEmpty ? ["IPv4"] : families).flatMap { family -> [JSONValue] in
            let found = pods.flatMap { endpoints(of: $0, family, service, nodes) }
            let sorted = found.sorted { $0.address < $1.address }.map(\.json)
            // A Service without endpoints has one empty slice, as from kube-controller-manager.
            let count = max(1, (sorted.count + Self.endpointsPerSlice - 1) / Self.endpointsPerSlice)
            return (0..<count).map { number in
                let part = sorted.dropFirst(number * Self.endpointsPerSlice).prefix(Self.endpointsPerSlice)
                return slice(number, family, of: service, Array(part), ports(of: service, pods.first))
            }
        }
    }

    private func slice(
        _ number: Int, _ family: String, of service: JSONValue, _ endpoints: [JSONValue], _ ports: [JSONValue]
    ) -> JSONValue {
        let labels: JSONValue = [
            "kubernetes.io/service-name": .string(service.name),
            "endpointslice.kubernetes.io/managed-by": .string(Self.manager),
        ]
        return [
            "apiVersion": "discovery.k8s.io/v1", "kind": "EndpointSlice",
            "metadata": [
                "name": .string("\(service.name)-\(ShortName.of("\(service.name)/\(family)/\(number)"))"),
                "labels": labels,
                "namespace": .string(service.namespace),
                "ownerReferences": [service.ownerReference(apiVersion: "v1", kind: "Service")],
            ],
            "addressType": .string(family), "endpoints": .array(endpoints), "ports": .array(ports),
        ]
    }

    private func endpoints(
        of pod: JSONValue, _ family: String, _ service: JSONValue, _ nodes: [String: Bool]
    ) -> [(address: String, json: JSONValue)] {
        let addresses = (pod["status"]?["podIPs"]?.arrayValue ?? []).compactMap { $0["ip"]?.stringValue }
        let phase = pod["status"]?["phase"]?.stringValue
        guard phase != "Succeeded", phase != "Failed",
            let address = addresses.first(where: { $0.contains(":") == (family == "IPv6") })
        else { return [] }
        let node = pod["spec"]?["nodeName"]?.stringValue
        let isServing = pod.hasCondition("Ready") && node.map { nodes[$0] ?? false } ?? true
        let isReady = service["spec"]?["publishNotReadyAddresses"] == true || isServing && !pod.isBeingDeleted
        var endpoint: JSONValue = [
            "addresses": [.string(address)],
            "conditions": [
                "ready": .bool(isReady), "serving": .bool(isServing), "terminating": .bool(pod.isBeingDeleted),
            ],
            "targetRef": [
                "kind": "Pod", "namespace": .string(pod.namespace), "name": .string(pod.name),
                "uid": pod["metadata"]?["uid"] ?? "",
            ],
        ]
        endpoint["nodeName"] = node.map(JSONValue.string)
        return [(address, endpoint)]
    }

    /// The Service's ports as the pods have them; a named target port is looked up in the pod's containers.
    private func ports(of service: JSONValue, _ pod: JSONValue?) -> [JSONValue] {
        (service["spec"]?["ports"]?.arrayValue ?? []).compactMap { port in
            let target = port["targetPort"] ?? port["port"]
            let named = target?.stringValue.flatMap { name in
                (pod?["spec"]?["containers"]?.arrayValue ?? []).lazy.flatMap { $0["ports"]?.arrayValue ?? [] }
                    .first { $0["name"]?.stringValue == name }?["containerPort"]
            }
            guard let number = target?.intValue.map(JSONValue.int) ?? named else { return nil }
            return ["name": port["name"] ?? "", "protocol": port["protocol"] ?? "TCP", "port": number]
        }
    }
}
