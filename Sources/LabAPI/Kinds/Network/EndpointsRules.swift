import KubernetesObjects

/// Endpoints.
struct EndpointsRules: KindRules {
    func setDefaults(_ object: inout JSONValue) {
        object.changeElements("subsets") { subset in
            subset.changeElements("ports") { $0.setDefault("protocol", "TCP") }
        }
    }

    func problems(in object: JSONValue, old: JSONValue?, subresource: String?) -> [APIStatus.Cause] {
        object.elements("subsets").enumerated().flatMap { index, subset -> [APIStatus.Cause] in
            let place = "subsets[\(index)]"
            var causes: [APIStatus.Cause] = []
            for member in ["addresses", "notReadyAddresses"] {
                for (number, address) in subset.elements(member).enumerated() {
                    causes += AddressRule.problems(address.text("ip"), at: "\(place).\(member)[\(number)].ip")
                }
            }
            for (number, port) in subset.elements("ports").enumerated() {
                causes += PortRule.numberProblems(port["port"], at: "\(place).ports[\(number)].port")
                causes += PortRule.protocolProblems(port.text("protocol"), at: "\(place).ports[\(number)].protocol")
            }
            return causes
        }
    }

    var columns: [TableColumn] {
        [
            .name,
            .text(
                "Endpoints",
                "The set of all endpoints is the union of all subsets. Addresses are placed into subsets according to the IPs they share. A single address with multiple ports, some of which are ready and some of which are not (because they come from different containers) will result in the address being displayed in different subsets for the different ports. No address will appear in both Addresses and NotReadyAddresses in the same subset. Sets of addresses and ports that comprise a service."
            ), .age,
        ]
    }

    func cells(of object: JSONValue, at now: Timestamp) -> [JSONValue] {
        let all = object.elements("subsets").flatMap { subset -> [String] in
            let addresses = subset.elements("addresses").map { $0.text("ip") }
            let ports = subset.elements("ports").map { $0.number("port") }
            if ports.isEmpty { return addresses }
            return ports.flatMap { port in
                addresses.map { $0.contains(":") ? "[\($0)]:\(port)" : "\($0):\(port)" }
            }
        }
        let shown = all.prefix(3).joined(separator: ",")
        let text = all.count > 3 ? "\(shown) + \(all.count - 3) more..." : shown
        return [
            .string(object.metadataText("name")), .string(text.isEmpty ? "<none>" : text), .age(of: object, at: now),
        ]
    }
}
