import KubernetesObjects
import LabAPI

// What people do to the cluster.
extension FaultHistory {
    mutating func act() {
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<35: createService()
        case 35..<60: editService()
        case 60..<74: deleteService()
        case 74..<84: changePools()
        case 84..<88: changeConfigMap()
        default: strike()
        }
    }

    private mutating func servicePath() -> (namespace: String, name: String, path: String) {
        let namespace = pick(["default", "shop"])
        let name = "s\(Int.random(in: 0..<5, using: &random))"
        return (namespace, name, LabServer.path("services", namespace, name))
    }

    private mutating func createService() {
        let (namespace, name, _) = servicePath()
        let body: JSONValue = [
            "apiVersion": "v1", "kind": "Service",
            "metadata": ["name": .string(name), "annotations": wishes(removing: false)],
            "spec": [
                "type": "LoadBalancer", "ports": ports(), "selector": ["app": .string(pick(["a", "b"]))],
                "externalTrafficPolicy": .string(pick(["Cluster", "Cluster", "Local"])),
            ],
        ]
        let status = server.ask("POST", LabServer.path("services", namespace), body).status
        note("create \(namespace)/\(name): \(status) \(JSONWriter.text(body["metadata"]?["annotations"] ?? [:]))")
    }

    private mutating func editService() {
        let (namespace, name, path) = servicePath()
        var spec: JSONValue = [:]
        if chance(0.3) { spec["ports"] = ports() }
        spec["type"] = .string(chance(0.85) ? "LoadBalancer" : "ClusterIP")
        if spec["type"] == "ClusterIP" { spec["externalTrafficPolicy"] = .null }
        let body: JSONValue = ["metadata": ["annotations": wishes(removing: true)], "spec": spec]
        let status = server.ask("PATCH", path, body).status
        note("edit \(namespace)/\(name): \(status) \(JSONWriter.text(body))")
    }

    private mutating func deleteService() {
        let (namespace, name, path) = servicePath()
        let status = server.ask("DELETE", path).status
        note("delete \(namespace)/\(name): \(status)")
    }

    private mutating func ports() -> JSONValue {
        let lists: [[Int64]] = [[80], [443], [80, 443]]
        return .array(pick(lists).map { ["name": .string("p\($0)"), "port": .int($0)] })
    }

    /// Annotations; with `removing`, those that are not set are taken away.
    private mutating func wishes(removing: Bool) -> JSONValue {
        var annotations: JSONValue = [:]
        let absent: JSONValue? = removing ? .null : nil
        annotations["metallb.io/allow-shared-ip"] = chance(0.4) ? .string(pick(["k", "l"])) : absent
        annotations["metallb.io/address-pool"] = chance(0.15) ? .string(pick(["a", "b"])) : absent
        annotations["metallb.io/loadBalancerIPs"] =
            chance(0.25) ? .string(pick(["10.0.0.0", "10.0.0.1", "10.0.0.3", "10.0.0.6", "192.0.2.1"])) : absent
        return annotations
    }

    /// Deals small blocks of addresses out to two pools, or to none.
    mutating func changePools() {
        var blocks: [String: [JSONValue]] = [:]
        for block in 0..<4 {
            let range = "10.0.0.\(block * 2)-10.0.0.\(block * 2 + 1)"
            blocks[pick(["a", "a", "b", "none"]), default: []].append(.string(range))
        }
        // Taken away before anything is given, so that pools never overlap.
        for name in ["a", "b"] {
            let path = LabServer.path("ipaddresspools", LabServer.namespace, name)
            if blocks[name] == nil || chance(0.2) {
                server.ask("DELETE", path)
            } else {
                server.ask("PATCH", path, ["spec": ["addresses": []]])
            }
        }
        for name in ["a", "b"] {
            guard let addresses = blocks[name] else { continue }
            let spec: JSONValue = ["addresses": .array(addresses), "autoAssign": .bool(!chance(0.1))]
            let path = LabServer.path("ipaddresspools", LabServer.namespace, name)
            if server.ask("PATCH", path, ["spec": spec]).status == 404 {
                server.ask(
                    "POST", LabServer.path("ipaddresspools", LabServer.namespace),
                    [
                        "apiVersion": "metallb.io/v1beta1", "kind": "IPAddressPool",
                        "metadata": ["name": .string(name)], "spec": spec,
                    ])
            }
            note("pool \(name): \(JSONWriter.text(spec))")
        }
    }

    /// Pools of a legacy ConfigMap beside the others.
    private mutating func changeConfigMap() {
        let path = LabServer.path("configmaps", LabServer.namespace, "config")
        server.ask("DELETE", path)
        guard chance(0.7) else { return note("the ConfigMap goes") }
        let name = pick(["old", "older"])
        let text =
            "address-pools:\n- name: \(name)\n  protocol: layer2\n  addresses:\n  - \(pick(["10.1.0.0/31", "10.1.0.0/32"]))\n"
        server.ask(
            "POST", LabServer.path("configmaps", LabServer.namespace),
            ["metadata": ["name": "config"], "data": ["config": .string(text)]])
        note("the ConfigMap has pool \(name)")
    }
}
