import Addresses
import KubernetesObjects

/// Nodes.
struct NodeRules: KindRules {
    var keepsStatusOnCreate: Bool { true }

    func setDefaults(_ object: inout JSONValue) {
        object.change("spec") { spec in
            // Two forms of one field (the conversion of `podCIDR`).
            if !spec.text("podCIDR").isEmpty, spec.elements("podCIDRs").isEmpty {
                spec["podCIDRs"] = .array([.string(spec.text("podCIDR"))])
            } else if let first = spec.textList("podCIDRs").first {
                spec["podCIDR"] = .string(first)
            }
        }
        object.change("status") { status in
            if status["allocatable"] == nil { status["allocatable"] = status["capacity"] }
        }
    }

    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        let spec = object["spec"] ?? [:]
        var causes: [APIStatus.Cause] = []
        let ranges = spec.textList("podCIDRs")
        for (index, text) in ranges.enumerated() where IPPrefix(text) == nil {
            causes.append(
                .invalid(
                    "spec.podCIDRs[\(index)]", value: quoted(text),
                    "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"))
        }
        for (index, taint) in spec.elements("taints").enumerated() {
            causes += taintProblems(taint, at: "spec.taints[\(index)]")
        }
        if let before = old?["spec"]?.textList("podCIDRs"), !before.isEmpty, before != ranges {
            causes.append(
                .forbidden("spec.podCIDRs", "node updates may not change podCIDR except from \"\" to valid"))
        }
        return causes
    }

    private func taintProblems(_ taint: JSONValue, at place: String) -> [APIStatus.Cause] {
        let key = taint.text("key")
        var causes = LabelRule.keyProblems(key).map {
            APIStatus.Cause.invalid("\(place).key", value: quoted(key), $0)
        }
        let effects = ["NoExecute", "NoSchedule", "PreferNoSchedule"]
        if !effects.contains(taint.text("effect")) {
            causes.append(.unsupported("\(place).effect", value: quoted(taint.text("effect")), supported: effects))
        }
        return causes
    }

    func selectableFields(of object: JSONValue) -> [String: String] {
        ["spec.unschedulable": object["spec"]?["unschedulable"] == true ? "true" : "false"]
    }

    var columns: [TableColumn] {
        [
            .name, .text("Status", "The status of the node"), .text("Roles", "The roles of the node"), .age,
            .text("Version", "Kubelet Version reported by the node."),
            .text(
                "Internal-IP",
                "List of addresses reachable to the node. Queried from cloud provider, if available. More info: https://kubernetes.io/docs/reference/node/node-status/#addresses",
                wide: true),
            .text("External-IP", "List of addresses reachable to the node from outside.", wide: true),
            .text(
                "OS-Image", "OS Image reported by the node from /etc/os-release (e.g. Debian GNU/Linux 7 (wheezy)).",
                wide: true),
            .text(
                "Kernel-Version", "Kernel Version reported by the node from 'uname -r' (e.g. 3.16.0-0.bpo.4-amd64).",
                wide: true),
            .text(
                "Container-Runtime",
                "ContainerRuntime Version reported by the node through runtime remote API (e.g. containerd://1.4.2).",
                wide: true),
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let status = object["status"] ?? [:]
        let ready = status.elements("conditions").first { $0.text("type") == "Ready" }
        var state = [ready.map { $0.text("status") == "True" ? "Ready" : "NotReady" } ?? "Unknown"]
        if object["spec"]?["unschedulable"] == true { state.append("SchedulingDisabled") }
        let info = status["nodeInfo"] ?? [:]
        func address(_ type: String) -> JSONValue {
            .shown([status.elements("addresses").first { $0.text("type") == type }?.text("address") ?? ""])
        }
        func known(_ member: String) -> JSONValue {
            .string(info.text(member).isEmpty ? "<unknown>" : info.text(member))
        }
        return [
            .string(object.metadataText("name")), .string(state.joined(separator: ",")), roles(object),
            .age(of: object, at: now), .string(info.text("kubeletVersion")), address("InternalIP"),
            address("ExternalIP"), known("osImage"), known("kernelVersion"), known("containerRuntimeVersion"),
        ]
    }

    private func roles(_ object: JSONValue) -> JSONValue {
        let prefix = "node-role.kubernetes.io/"
        let roles = (object["metadata"]?.texts("labels") ?? [:]).compactMap { key, value -> String? in
            if key.hasPrefix(prefix) { return String(key.dropFirst(prefix.count)) }
            return key == "kubernetes.io/role" ? value : nil
        }
        return .shown(Set(roles.filter { !$0.isEmpty }).sorted())
    }
}

/// Namespaces.
struct NamespaceRules: KindRules {
    var nameRule: NameRule { .dns1123Label }
    var deletionReturnsObject: Bool { true }

    /// A label by which namespaces can be selected by name, which the API server keeps.
    func setDefaults(_ object: inout JSONValue) {
        let name = object.metadataText("name")
        guard !name.isEmpty else { return }
        object.changeMetadata { metadata in
            metadata.change("labels") { $0["kubernetes.io/metadata.name"] = .string(name) }
        }
    }

    func prepare(_ object: inout JSONValue, old: JSONValue?, subresource: String?, context: inout KindContext) {
        if old == nil { object["status"] = ["phase": "Active"] }
        guard subresource == nil else { return }
        object.change("spec") { spec in
            spec["finalizers"] = old?["spec"]?["finalizers"] ?? ["kubernetes"]
        }
    }

    func selectableFields(of object: JSONValue) -> [String: String] {
        ["status.phase": object["status"]?.text("phase") ?? ""]
    }

    var columns: [TableColumn] { [.name, .text("Status", "The status of the namespace"), .age] }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        [
            .string(object.metadataText("name")), .string(object["status"]?.text("phase") ?? ""),
            .age(of: object, at: now),
        ]
    }
}
