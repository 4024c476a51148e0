import KubernetesObjects

/// `kubectl get deployments` and its siblings.
extension WorkloadRules {
    var columns: [TableColumn] {
        let last: [TableColumn] = [
            .text("Containers", "Names of each container in the template.", wide: true),
            .text("Images", "Images referenced by each container in the template.", wide: true),
        ]
        let selector = TableColumn.text("Selector", "Label selector for pods.", wide: true)
        switch form {
        case .deployment:
            return [
                .name, .text("Ready", "Number of the pod with ready state"),
                .text(
                    "Up-to-date",
                    "Total number of non-terminated pods targeted by this deployment that have the desired template spec."
                ),
                .text(
                    "Available",
                    "Total number of available pods (ready for at least minReadySeconds) targeted by this deployment."),
                .age,
            ] + last + [selector]
        case .replicaSet:
            return [
                .name, .integer("Desired", "Replicas is the number of desired replicas."),
                .integer("Current", "Replicas is the most recently observed number of replicas."),
                .integer("Ready", "The number of ready replicas for this replica set."), .age,
            ] + last + [selector]
        case .daemonSet:
            return [
                .name,
                .integer("Desired", "The total number of nodes that should be running the daemon pod."),
                .integer("Current", "The number of nodes that are running the daemon pod and are supposed to."),
                .integer("Ready", "The number of nodes that have the daemon pod running and ready."),
                .integer("Up-to-date", "The total number of nodes that are running updated daemon pod"),
                .integer("Available", "The number of nodes that have the daemon pod running and available."),
                .text("Node Selector", "A selector which must be true for the pod to fit on a node."), .age,
            ] + last + [selector]
        case .statefulSet: return [.name, .text("Ready", "Number of the pod with ready state"), .age] + last
        }
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let (spec, status) = (object["spec"] ?? [:], object["status"] ?? [:])
        let name = JSONValue.string(object.metadataText("name"))
        let age = JSONValue.age(of: object, at: now)
        let containers = spec["template"]?["spec"]?.elements("containers") ?? []
        let last: [JSONValue] = [
            .string(containers.map { $0.text("name") }.joined(separator: ",")),
            .string(containers.map { $0.text("image") }.joined(separator: ",")),
        ]
        let selector = JSONValue.string(
            spec["selector"].flatMap(LabelSelectorQuery.query)?.text ?? "<none>")
        let ready = JSONValue.string("\(status.number("readyReplicas"))/\(spec.number("replicas"))")
        func count(_ member: String) -> JSONValue { .int(status.number(member)) }
        switch form {
        case .deployment:
            return [name, ready, count("updatedReplicas"), count("availableReplicas"), age] + last + [selector]
        case .replicaSet:
            return [name, .int(spec.number("replicas")), count("replicas"), count("readyReplicas"), age] + last
                + [selector]
        case .daemonSet:
            return [
                name, count("desiredNumberScheduled"), count("currentNumberScheduled"), count("numberReady"),
                count("updatedNumberScheduled"), count("numberAvailable"),
                .string(Self.labels(spec["template"]?["spec"]?.texts("nodeSelector") ?? [:])), age,
            ] + last + [selector]
        case .statefulSet: return [name, ready, age] + last
        }
    }
}

extension LabelQuery {
    /// As `kubectl` shows a selector: `a=b,c in (d,e)`; `<none>` for one that is empty.
    var text: String {
        if isEmpty { return "<none>" }
        return requirements.map { requirement in
            switch requirement {
            case .anyOf(let key, let values) where values.count == 1: "\(key)=\(values.sorted().joined())"
            case .anyOf(let key, let values): "\(key) in (\(values.sorted().joined(separator: ",")))"
            case .noneOf(let key, let values): "\(key) notin (\(values.sorted().joined(separator: ",")))"
            case .present(let key): key
            case .absent(let key): "!\(key)"
            case .above(let key, let bound): "\(key)>\(bound)"
            case .below(let key, let bound): "\(key)<\(bound)"
            }
        }.joined(separator: ",")
    }
}
