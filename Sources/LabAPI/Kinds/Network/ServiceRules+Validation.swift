import Addresses
import KubernetesObjects

/// `ValidateService`, `ValidateServiceUpdate` and `ValidateServiceStatusUpdate`.
extension ServiceRules {
    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        let spec = object["spec"] ?? [:]
        if subresource == "status" { return statusProblems(object["status"] ?? [:], spec) }
        var causes = typeProblems(spec)
        causes += portProblems(spec)
        causes += LabelRule.problems(spec.texts("selector"), at: "spec.selector")
        causes += affinityProblems(spec)
        causes += addressProblems(spec)
        causes += policyProblems(spec)
        if let before = old?["spec"] { causes += changeProblems(spec, before) }
        return causes
    }

    private func typeProblems(_ spec: JSONValue) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        let type = spec.text("type")
        let known = ["ClusterIP", "ExternalName", "LoadBalancer", "NodePort"]
        if !known.contains(type) { causes.append(.unsupported("spec.type", value: quoted(type), supported: known)) }
        if spec.elements("ports").isEmpty, !spec.isHeadless, type != "ExternalName" {
            causes.append(.required("spec.ports"))
        }
        if spec.isHeadless, type == "LoadBalancer" || type == "NodePort" {
            causes.append(
                .invalid("spec.clusterIPs[0]", value: quoted("None"), "may not be set to 'None' for \(type) services"))
        }
        if type == "ExternalName" {
            for member in ["clusterIPs", "ipFamilies", "ipFamilyPolicy"] where spec[member] != nil {
                causes.append(.forbidden("spec.\(member)", "may not be set for ExternalName services"))
            }
            var name = spec.text("externalName")
            if name.last == "." { name.removeLast() }
            if name.isEmpty { causes.append(.required("spec.externalName")) }
            if !name.isEmpty {
                causes += NameRule.dns1123Subdomain.problems(name).map {
                    .invalid("spec.externalName", value: quoted(name), $0)
                }
            }
        }
        return causes
    }

    private func portProblems(_ spec: JSONValue) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        var names: Set<String> = []
        var seen: Set<[JSONValue]> = []
        var nodePorts: Set<[JSONValue]> = []
        let ports = spec.elements("ports")
        for (index, port) in ports.enumerated() {
            let place = "spec.ports[\(index)]"
            let name = port.text("name")
            if name.isEmpty, ports.count > 1 {
                causes.append(.required("\(place).name"))
            } else if !name.isEmpty {
                causes += NameRule.dns1123Label.problems(name).map {
                    .invalid("\(place).name", value: quoted(name), $0)
                }
                if !names.insert(name).inserted { causes.append(.duplicate("\(place).name", value: quoted(name))) }
            }
            causes += PortRule.numberProblems(port["port"], at: "\(place).port")
            causes += PortRule.protocolProblems(port.text("protocol"), at: "\(place).protocol")
            causes += PortRule.numberOrNameProblems(port["targetPort"], at: "\(place).targetPort")
            if spec.text("type") == "ClusterIP", port.number("nodePort") != 0 {
                causes.append(.forbidden("\(place).nodePort", "may not be used when `type` is 'ClusterIP'"))
            }
            let transport = port["protocol"] ?? .null
            if port.number("nodePort") != 0, !nodePorts.insert([transport, port["nodePort"] ?? .null]).inserted {
                causes.append(.duplicate("\(place).nodePort", value: "\(port.number("nodePort"))"))
            }
            if !seen.insert([transport, port["port"] ?? .null]).inserted {
                causes.append(
                    .duplicate(
                        place,
                        value:
                            "core.ServicePort{Name:\"\", Protocol:\(quoted(port.text("protocol"))), AppProtocol:(*string)(nil), Port:\(port.number("port")), TargetPort:intstr.IntOrString{Type:0, IntVal:0, StrVal:\"\"}, NodePort:0}"
                    ))
            }
        }
        return causes
    }

    private func affinityProblems(_ spec: JSONValue) -> [APIStatus.Cause] {
        let affinity = spec.text("sessionAffinity")
        switch affinity {
        case "None": return []
        case "ClientIP":
            let seconds = spec["sessionAffinityConfig"]?["clientIP"]?.number("timeoutSeconds") ?? 0
            if (1...86_400).contains(seconds) { return [] }
            return [
                .invalid(
                    "spec.sessionAffinityConfig.clientIP.timeoutSeconds", value: "\(seconds)",
                    "must be greater than 0 and less than 86400")
            ]
        default:
            return [
                .unsupported("spec.sessionAffinity", value: quoted(affinity), supported: ["ClientIP", "None"])
            ]
        }
    }

    private func addressProblems(_ spec: JSONValue) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        let clusterIPs = spec.textList("clusterIPs")
        for (index, address) in clusterIPs.enumerated() where address != "None" {
            causes += AddressRule.problems(address, at: "spec.clusterIPs[\(index)]")
        }
        if clusterIPs.count > 2 {
            causes.append(
                .invalid("spec.clusterIPs", value: list(clusterIPs), "may only hold up to 2 values"))
        }
        if clusterIPs.count == 2, IPAddress(clusterIPs[0])?.family == IPAddress(clusterIPs[1])?.family {
            causes.append(
                .invalid(
                    "spec.clusterIPs", value: list(clusterIPs), "may specify no more than one IP for each IP family"))
        }
        if let first = clusterIPs.first, first != spec.text("clusterIP") {
            causes.append(
                .invalid("spec.clusterIPs", value: list(clusterIPs), "first value must match `clusterIP`"))
        }
        let families = spec.textList("ipFamilies")
        for (index, family) in families.enumerated() where family != "IPv4" && family != "IPv6" {
            causes.append(
                .unsupported("spec.ipFamilies[\(index)]", value: quoted(family), supported: ["IPv4", "IPv6"]))
        }
        if families.count == 2, families[0] == families[1] {
            causes.append(.duplicate("spec.ipFamilies[1]", value: quoted(families[1])))
        }
        for (index, address) in clusterIPs.enumerated() where families.indices.contains(index) {
            if let family = IPAddress(address)?.family, family.rawValue != families[index] {
                causes.append(
                    .invalid(
                        "spec.clusterIPs[\(index)]", value: quoted(address),
                        "expected an \(families[index]) value as indicated by `ipFamilies[\(index)]`"))
            }
        }
        for (index, address) in spec.textList("externalIPs").enumerated() {
            causes += AddressRule.problems(address, at: "spec.externalIPs[\(index)]")
        }
        for (index, text) in spec.textList("loadBalancerSourceRanges").enumerated()
        where IPPrefix(text.filter { !$0.isWhitespace }) == nil {
            causes.append(
                .invalid(
                    "spec.loadBalancerSourceRanges[\(index)]", value: quoted(text),
                    "must be a valid CIDR value, (e.g. 10.9.8.0/24 or 2001:db8::/64)"))
        }
        return causes
    }

    private func policyProblems(_ spec: JSONValue) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        let type = spec.text("type")
        for (member, supported) in [
            ("ipFamilyPolicy", ["PreferDualStack", "RequireDualStack", "SingleStack"]),
            ("externalTrafficPolicy", ["Cluster", "Local"]), ("internalTrafficPolicy", ["Cluster", "Local"]),
        ] where spec[member] != nil && !supported.contains(spec.text(member)) {
            causes.append(.unsupported("spec.\(member)", value: quoted(spec.text(member)), supported: supported))
        }
        if type == "LoadBalancer" {
            let name = spec.text("loadBalancerClass")
            if spec["loadBalancerClass"] != nil {
                causes += LabelRule.keyProblems(name).map {
                    .invalid("spec.loadBalancerClass", value: quoted(name), $0)
                }
            }
        } else {
            for member in ["loadBalancerClass", "allocateLoadBalancerNodePorts"] where spec[member] != nil {
                causes.append(.forbidden("spec.\(member)", "may only be used when `type` is 'LoadBalancer'"))
            }
        }
        if spec["externalTrafficPolicy"] != nil, !spec.isExternallyReached {
            causes.append(
                .invalid(
                    "spec.externalTrafficPolicy", value: quoted(spec.text("externalTrafficPolicy")),
                    "may only be set for externally-accessible services"))
        }
        let healthCheck = spec.number("healthCheckNodePort")
        if healthCheck != 0, !spec.needsHealthCheckNodePort {
            causes.append(
                .invalid(
                    "spec.healthCheckNodePort", value: "\(healthCheck)",
                    "may only be set when `type` is 'LoadBalancer' and `externalTrafficPolicy` is 'Local'"))
        }
        return causes
    }

    private func changeProblems(_ spec: JSONValue, _ old: JSONValue) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        if spec.needsClusterIP, old.needsClusterIP {
            let (new, before) = (spec.textList("clusterIPs"), old.textList("clusterIPs"))
            if let address = before.first, !new.isEmpty, new[0] != address {
                causes.append(.invalid("spec.clusterIPs[0]", value: list(new), "may not change once set"))
            }
            if before.count > 1, new.count > 1, new[1] != before[1] {
                causes.append(.invalid("spec.clusterIPs[1]", value: list(new), "may not change once set"))
            }
        }
        if spec.text("type") == "LoadBalancer", old.text("type") == "LoadBalancer",
            spec["loadBalancerClass"] != old["loadBalancerClass"]
        {
            let value = spec["loadBalancerClass"].map { quoted($0.stringValue ?? "") } ?? "null"
            causes.append(.invalid("spec.loadBalancerClass", value: value, "may not change once set"))
        }
        if spec.needsHealthCheckNodePort, old.needsHealthCheckNodePort,
            spec.number("healthCheckNodePort") != old.number("healthCheckNodePort")
        {
            causes.append(.forbidden("spec.healthCheckNodePort", "field is immutable"))
        }
        return causes
    }

    private func statusProblems(_ status: JSONValue, _ spec: JSONValue) -> [APIStatus.Cause] {
        let place = "status.loadBalancer.ingress"
        let entries = status["loadBalancer"]?.elements("ingress") ?? []
        if !entries.isEmpty, spec.text("type") != "LoadBalancer" {
            return [.forbidden(place, "may only be used when `spec.type` is LoadBalancer")]
        }
        return entries.enumerated().flatMap { ingressProblems($0.element, at: "\(place)[\($0.offset)]") }
    }

    private func ingressProblems(_ ingress: JSONValue, at place: String) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        let (address, hostname) = (ingress.text("ip"), ingress.text("hostname"))
        if !address.isEmpty { causes += AddressRule.problems(address, at: "\(place).ip") }
        if let mode = ingress["ipMode"]?.stringValue {
            if address.isEmpty {
                causes.append(.forbidden("\(place).ipMode", "may not be specified when `ip` is not set"))
            } else if mode != "VIP", mode != "Proxy" {
                causes.append(.unsupported("\(place).ipMode", value: quoted(mode), supported: ["Proxy", "VIP"]))
            }
        } else if !address.isEmpty {
            causes.append(.required("\(place).ipMode", "must be specified when `ip` is set"))
        }
        if !hostname.isEmpty {
            causes += NameRule.dns1123Subdomain.problems(hostname).map {
                .invalid("\(place).hostname", value: quoted(hostname), $0)
            }
            if IPAddress(hostname) != nil {
                causes.append(
                    .invalid(
                        "\(place).hostname", value: quoted(hostname), "must be a DNS name, not an IP address"))
            }
        }
        return causes
    }

    private func list(_ texts: [String]) -> String { "[]string{\(texts.map(quoted).joined(separator: ", "))}" }
}
