import Addresses
import KubernetesObjects

/// EndpointSlices in `discovery.k8s.io/v1` and, with `topology` instead of fields, `v1beta1`.
struct EndpointSliceRules: KindRules {
    let isBeta: Bool

    func setDefaults(_ object: inout JSONValue) {
        object.changeElements("ports") { port in
            if port["name"] == nil { port["name"] = "" }
            port.setDefault("protocol", "TCP")
        }
    }

    func prepare(_ object: inout JSONValue, old: JSONValue?, subresource: String?, context: inout KindContext) {
        guard let old else {
            object.changeMetadata { $0["generation"] = 1 }
            return
        }
        let members = ["endpoints", "ports"]
        let isChanged =
            members.contains { object[$0] != old[$0] }
            || object["metadata"]?["labels"] != old["metadata"]?["labels"]
        let generation = old["metadata"]?.number("generation") ?? 0
        object.changeMetadata { $0["generation"] = .int(generation + (isChanged ? 1 : 0)) }
    }

    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        let type = object.text("addressType")
        let types = ["FQDN", "IPv4", "IPv6"]
        if type.isEmpty {
            causes.append(.required("addressType"))
        } else if !types.contains(type) {
            causes.append(.unsupported("addressType", value: quoted(type), supported: types))
        }
        let endpoints = object.elements("endpoints")
        if endpoints.count > 1000 {
            causes.append(
                .init(
                    reason: "FieldValueTooMany", message: "Too many: \(endpoints.count): must have at most 1000 items",
                    field: "endpoints"))
        }
        for (index, endpoint) in endpoints.enumerated() {
            causes += addressProblems(endpoint.textList("addresses"), type, at: "endpoints[\(index)].addresses")
        }
        causes += portProblems(object.elements("ports"))
        if let before = old?.text("addressType"), before != type {
            causes.append(.invalid("addressType", value: quoted(type), "field is immutable"))
        }
        return causes
    }

    private func addressProblems(_ addresses: [String], _ type: String, at place: String) -> [APIStatus.Cause] {
        if addresses.isEmpty { return [.required(place, "must contain at least 1 address")] }
        return addresses.enumerated().flatMap { index, address -> [APIStatus.Cause] in
            let family = IPAddress(address)?.family
            switch type {
            case "IPv4" where family != .ipv4:
                return [.invalid("\(place)[\(index)]", value: quoted(address), "must be a valid IPv4 address")]
            case "IPv6" where family != .ipv6:
                return [.invalid("\(place)[\(index)]", value: quoted(address), "must be a valid IPv6 address")]
            case "FQDN":
                return NameRule.dns1123Subdomain.problems(address).map {
                    .invalid("\(place)[\(index)]", value: quoted(address), $0)
                }
            default: return []
            }
        }
    }

    private func portProblems(_ ports: [JSONValue]) -> [APIStatus.Cause] {
        var causes: [APIStatus.Cause] = []
        var names: Set<String> = []
        for (index, port) in ports.enumerated() {
            let place = "ports[\(index)]"
            let name = port.text("name")
            if !name.isEmpty {
                causes += NameRule.dns1123Label.problems(name).map {
                    .invalid("\(place).name", value: quoted(name), $0)
                }
            }
            if !names.insert(name).inserted { causes.append(.duplicate("\(place).name", value: quoted(name))) }
            causes += PortRule.protocolProblems(port.text("protocol"), at: "\(place).protocol")
        }
        return causes
    }

    var columns: [TableColumn] {
        [
            .name,
            .text(
                "AddressType",
                "addressType specifies the type of address carried by this EndpointSlice. All addresses in this slice must be the same type. This field is immutable after creation. The following address types are currently supported: * IPv4: Represents an IPv4 Address. * IPv6: Represents an IPv6 Address. * FQDN: Represents a Fully Qualified Domain Name."
            ),
            .text(
                "Ports",
                "ports specifies the list of network ports exposed by each endpoint in this slice. Each port must have a unique name. When ports is empty, it indicates that there are no defined ports. When a port is defined with a nil port value, it indicates \"all ports\". Each slice may include a maximum of 100 ports."
            ),
            .text(
                "Endpoints",
                "endpoints is a list of unique endpoints in this slice. Each slice may include a maximum of 1000 endpoints."
            ), .age,
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let ports = object.elements("ports").map { port in
            port["port"]?.intValue.map(String.init) ?? "*"
        }
        let addresses = object.elements("endpoints").flatMap { $0.textList("addresses") }
        return [
            .string(object.metadataText("name")), .string(object.text("addressType")),
            .string(Self.short(ports, none: "<unset>")), .string(Self.short(addresses, none: "<unset>")),
            .age(of: object, at: now),
        ]
    }

    /// The first three, and how many more there are.
    private static func short(_ items: [String], none: String) -> String {
        if items.isEmpty { return none }
        let shown = items.prefix(3).joined(separator: ",")
        return items.count > 3 ? "\(shown) + \(items.count - 3) more..." : shown
    }
}

/// The two forms of an EndpointSlice (`pkg/apis/discovery/v1beta1/conversion.go`).
enum EndpointSliceConversion {
    private static let hostname = "kubernetes.io/hostname"
    private static let zone = "topology.kubernetes.io/zone"

    static func beta(_ slice: JSONValue) -> JSONValue {
        var result = slice
        result.changeElements("endpoints") { endpoint in
            var topology = endpoint["deprecatedTopology"] ?? [:]
            if !endpoint.text("nodeName").isEmpty { topology[hostname] = endpoint["nodeName"] }
            if !endpoint.text("zone").isEmpty { topology[zone] = endpoint["zone"] }
            endpoint["deprecatedTopology"] = nil
            endpoint["zone"] = nil
            endpoint["topology"] = topology.objectValue?.isEmpty == false ? topology : nil
        }
        return result
    }

    static func stable(_ slice: JSONValue) -> JSONValue {
        var result = slice
        result.changeElements("endpoints") { endpoint in
            var topology = endpoint["topology"] ?? [:]
            if endpoint.text("nodeName").isEmpty { endpoint["nodeName"] = topology[hostname] }
            if let zone = topology[zone] { endpoint["zone"] = zone }
            topology[hostname] = nil
            topology[zone] = nil
            endpoint["topology"] = nil
            endpoint["deprecatedTopology"] = topology.objectValue?.isEmpty == false ? topology : nil
        }
        return result
    }
}
