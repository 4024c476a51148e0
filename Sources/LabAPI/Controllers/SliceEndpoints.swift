import Addresses
import KubernetesObjects

/// The endpoints of a Service in one family, grouped by the ports that they offer: Pods may give the same port name
/// different numbers.
enum SliceEndpoints {
    /// Endpoints that offer the same ports, in the order of their Pods' names.
    struct Group: Sendable, Hashable {
        var ports: [JSONValue]
        var endpoints: [JSONValue]
    }

    static func groups(
        _ service: JSONValue, _ pods: [PodState], _ family: String, _ stored: any StoredObjects
    ) -> [Group] {
        var groups: [Group] = []
        for pod in pods.sorted(by: { $0.key.name < $1.key.name }) {
            guard let address = pod.addresses.first(where: { $0.family.rawValue == family }) else { continue }
            let ports = ports(service, pod)
            let endpoint = endpoint(service, pod, address, stored)
            if let index = groups.firstIndex(where: { $0.ports == ports }) {
                groups[index].endpoints.append(endpoint)
            } else {
                groups.append(Group(ports: ports, endpoints: [endpoint]))
            }
        }
        return groups
    }

    /// Ports by number, or by the name that a container gives one. A Pod without that name does not offer the port.
    private static func ports(_ service: JSONValue, _ pod: PodState) -> [JSONValue] {
        (service["spec"]?.elements("ports") ?? []).compactMap { port in
            guard let number = number(port, pod) else { return nil }
            var result: [String: JSONValue] = [
                "name": .string(port.text("name")), "protocol": .string(port.text("protocol")), "port": .int(number),
            ]
            result["appProtocol"] = port["appProtocol"]
            return .object(result)
        }
    }

    private static func number(_ port: JSONValue, _ pod: PodState) -> Int64? {
        switch port["targetPort"] {
        case .int(let number): return number
        case .string(let name):
            let ports = pod.spec.elements("containers").flatMap { $0.elements("ports") }
            return ports.first { $0.text("name") == name && $0.text("protocol") == port.text("protocol") }?
                .number("containerPort")
        default: return port.number("port")
        }
    }

    private static func endpoint(
        _ service: JSONValue, _ pod: PodState, _ address: IPAddress, _ stored: any StoredObjects
    ) -> JSONValue {
        let isTerminating = pod.object.isBeingDeleted
        let publishesAll = service["spec"]?["publishNotReadyAddresses"] == true
        var endpoint: [String: JSONValue] = [
            "addresses": [.string(address.description)],
            "conditions": [
                "ready": .bool(publishesAll || pod.isReady && !isTerminating), "serving": .bool(pod.isReady),
                "terminating": .bool(isTerminating),
            ],
            "targetRef": [
                "kind": "Pod", "namespace": .string(pod.key.namespace), "name": .string(pod.key.name),
                "uid": .string(pod.object.metadataText("uid")),
            ],
        ]
        if !pod.nodeName.isEmpty {
            endpoint["nodeName"] = .string(pod.nodeName)
            let node = stored.object(ObjectKey(storage: .nodes, namespace: "", name: pod.nodeName))
            endpoint["zone"] = node?["metadata"]?["labels"]?["topology.kubernetes.io/zone"]
        }
        let hostname = pod.spec.text("hostname")
        if !hostname.isEmpty, pod.spec.text("subdomain") == service.metadataText("name") {
            endpoint["hostname"] = .string(hostname)
        }
        return .object(endpoint)
    }
}
