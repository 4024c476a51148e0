import KubernetesObjects

/// Services: defaults, what follows from a change of type, addresses and ports (`pkg/registry/core/service`).
struct ServiceRules: KindRules {
    /// Where cluster IPs come from; the first one's family is the cluster's own.
    let ranges: [ServiceRange]

    var nameRule: NameRule { .dns1035Label }
    var deletionReturnsObject: Bool { true }

    /// `SetDefaults_Service`. The mode of an ingress address gets its default only where the object at hand is of type
    /// LoadBalancer, which is why a status patch that also says another type is refused for the lack of a mode.
    func setDefaults(_ object: inout JSONValue) {
        object.change("spec") { spec in
            spec.setDefault("sessionAffinity", "None")
            switch spec.text("sessionAffinity") {
            case "None": spec["sessionAffinityConfig"] = nil
            case "ClientIP":
                spec.change("sessionAffinityConfig") { config in
                    config.change("clientIP") { $0.setDefault("timeoutSeconds", 10_800) }
                }
            default: break
            }
            spec.setDefault("type", "ClusterIP")
            spec.changeElements("ports") { port in
                port.setDefault("protocol", "TCP")
                if port["targetPort"] == 0 || port["targetPort"] == "" { port["targetPort"] = port["port"] }
            }
            let type = spec.text("type")
            if type == "NodePort" || type == "LoadBalancer"
                || type == "ClusterIP" && !spec.elements("externalIPs").isEmpty
            {
                spec.setDefault("externalTrafficPolicy", "Cluster")
            }
            if type != "ExternalName" { spec.setDefault("internalTrafficPolicy", "Cluster") }
            if type == "LoadBalancer" { spec.setDefault("allocateLoadBalancerNodePorts", true) }
        }
        guard object["spec"]?.text("type") == "LoadBalancer", object["status"]?["loadBalancer"]?["ingress"] != nil
        else {
            return
        }
        object.change("status") { status in
            status.change("loadBalancer") { balancer in
                balancer.changeElements("ingress") { ingress in
                    if !ingress.text("ip").isEmpty { ingress.setDefault("ipMode", "VIP") }
                }
            }
        }
    }

    func prepare(_ object: inout JSONValue, old: JSONValue?, subresource: String?, context: inout KindContext) {
        guard subresource == nil else { return }
        guard let old else {
            object["status"] = ["loadBalancer": [:]]
            object.change("spec") { spec in
                if !spec.text("clusterIP").isEmpty, spec.elements("clusterIPs").isEmpty {
                    spec["clusterIPs"] = .array([.string(spec.text("clusterIP"))])
                }
            }
            return
        }
        guard let oldSpec = old["spec"] else { return }
        object.change("spec") { spec in
            Self.keepAllocated(&spec, oldSpec)
            Self.alignClusterIPs(&spec, oldSpec)
            Self.dropForType(&spec, oldSpec)
        }
        if object["spec"]?.text("type") != "LoadBalancer" {
            object.change("status") { $0["loadBalancer"] = [:] }
        }
    }

    /// What an update that does not say them keeps (`patchAllocatedValues`).
    private static func keepAllocated(_ spec: inout JSONValue, _ old: JSONValue) {
        if old.needsClusterIP, spec.needsClusterIP {
            if spec.text("clusterIP").isEmpty { spec["clusterIP"] = old["clusterIP"] }
            if spec.elements("clusterIPs").isEmpty, spec.text("clusterIP") == old.text("clusterIP") {
                spec["clusterIPs"] = old["clusterIPs"]
            }
        }
        if old.needsNodePort, spec.needsNodePort {
            let oldPorts = old.elements("ports")
            let stated = Set(spec.elements("ports").map { $0.number("nodePort") })
            var used = Set(oldPorts.map { $0.number("nodePort") }).intersection(stated)
            let byName = Dictionary(
                oldPorts.map { ($0.text("name"), $0.number("nodePort")) }, uniquingKeysWith: { _, last in last })
            spec.changeElements("ports") { port in
                guard port.number("nodePort") == 0, let known = byName[port.text("name")], known != 0,
                    used.insert(known).inserted
                else { return }
                port["nodePort"] = .int(known)
            }
        }
        if old.needsHealthCheckNodePort, spec.needsHealthCheckNodePort, spec.number("healthCheckNodePort") == 0 {
            spec["healthCheckNodePort"] = old["healthCheckNodePort"]
        }
    }

    /// Clients that know one cluster IP only change `clusterIP` and leave `clusterIPs` (`normalizeClusterIPs`).
    private static func alignClusterIPs(_ spec: inout JSONValue, _ old: JSONValue) {
        let (new, before) = (spec.text("clusterIP"), old.text("clusterIP"))
        guard new != before, spec["clusterIPs"] == old["clusterIPs"] else { return }
        spec["clusterIPs"] = new.isEmpty ? nil : .array([.string(new)])
    }

    /// What a type does not have goes with a change of type, unless the client changed it too, which is then refused
    /// (`dropTypeDependentFields`).
    private static func dropForType(_ spec: inout JSONValue, _ old: JSONValue) {
        func drop(_ members: [String], _ needs: (JSONValue) -> Bool) {
            guard needs(old), !needs(spec) else { return }
            for member in members where spec[member] == old[member] { spec[member] = nil }
        }
        drop(["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy"]) { $0.needsClusterIP }
        if old.needsNodePort, !spec.needsNodePort {
            let before = Set(old.elements("ports").map { $0.number("nodePort") })
            if Set(spec.elements("ports").map { $0.number("nodePort") }).isSubset(of: before.union([0])) {
                spec.changeElements("ports") { $0["nodePort"] = nil }
            }
        }
        drop(["healthCheckNodePort"]) { $0.needsHealthCheckNodePort }
        drop(["loadBalancerClass", "allocateLoadBalancerNodePorts"]) { $0.text("type") == "LoadBalancer" }
        drop(["externalTrafficPolicy"]) { $0.isExternallyReached }
    }

    func allocate(_ object: inout JSONValue, old: JSONValue?, context: inout KindContext) throws(APIStatus) {
        var allocation = ServiceAllocation(
            name: object.metadataText("name"), spec: object["spec"] ?? [:], old: old?["spec"], ranges: ranges)
        try allocation.settleFamilies()
        try allocation.takeClusterIPs(&context)
        try allocation.takeNodePorts(&context)
        object["spec"] = allocation.spec
    }

    func reservations(of object: JSONValue) -> [Reservation] {
        let spec = object["spec"] ?? [:]
        var held = spec.textList("clusterIPs").filter { $0 != "None" }.map {
            Reservation(pool: ServiceAllocation.addressPool, value: $0)
        }
        for port in spec.elements("ports") where port.number("nodePort") != 0 {
            held.append(ServiceAllocation.reservation(port.number("nodePort"), port.text("protocol")))
        }
        if spec.number("healthCheckNodePort") != 0 {
            held.append(ServiceAllocation.reservation(spec.number("healthCheckNodePort"), "TCP"))
        }
        var seen: Set<Reservation> = []
        return held.filter { seen.insert($0).inserted }
    }

    func selectableFields(of object: JSONValue) -> [String: String] {
        ["spec.clusterIP": object["spec"]?.text("clusterIP") ?? "", "spec.type": object["spec"]?.text("type") ?? ""]
    }
}

/// What a Service's spec needs by its type.
extension JSONValue {
    var needsClusterIP: Bool { ["ClusterIP", "NodePort", "LoadBalancer"].contains(text("type")) }

    var needsNodePort: Bool {
        switch text("type") {
        case "NodePort": true
        case "LoadBalancer": self["allocateLoadBalancerNodePorts"] != false
        default: false
        }
    }

    var needsHealthCheckNodePort: Bool { text("type") == "LoadBalancer" && text("externalTrafficPolicy") == "Local" }

    /// `ExternallyAccessible`.
    var isExternallyReached: Bool {
        switch text("type") {
        case "NodePort", "LoadBalancer": true
        case "ClusterIP": !elements("externalIPs").isEmpty
        default: false
        }
    }

    var isHeadless: Bool { textList("clusterIPs").first == "None" || text("clusterIP") == "None" }
}
