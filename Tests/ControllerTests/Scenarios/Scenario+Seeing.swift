import Benchmarking
import Controller
import KubernetesClient
import KubernetesObjects
import LabAPI

// What people see.
extension Scenario {
    static let fromPool = "metallb.io/ip-allocated-from-pool"

    func service(_ name: String, in namespace: String = "default") -> Service? {
        server.object(Service.self, "services", KubernetesObjects.ObjectKey(namespace: namespace, name: name))
    }

    /// The addresses in a Service's status, separated by spaces.
    func addresses(_ name: String, in namespace: String = "default") -> String {
        (service(name, in: namespace)?.status.loadBalancer?.ingress ?? []).map { $0.ip ?? $0.hostname ?? "" }
            .joined(separator: " ")
    }

    /// The pool that a Service's annotation names.
    func pool(of name: String) -> String? { service(name)?.metadata.annotations[Self.fromPool] }

    /// The condition `toono.io/Allocated` of a Service.
    func condition(_ name: String) -> Condition? {
        service(name)?.status.conditions?.first { $0.type == "toono.io/Allocated" }
    }

    /// Why a Service has no address; nil if it has what it asks for.
    func refusal(_ name: String) -> String? {
        condition(name).flatMap { $0.status == "False" ? $0.reason : nil }
    }

    /// The events about an object, with type and reason, in order.
    func events(_ name: String) -> [String] { reports(name).map(\.event) }

    /// The events about an object with what they say.
    func reports(_ name: String) -> [(event: String, message: String)] {
        replica.reports.filter { $0.regarding.name == name }
            .map { ("\($0.level.rawValue) \($0.reason)", $0.message) }
    }

    /// The message of the last event about an object.
    func lastMessage(_ name: String) -> String { reports(name).last?.message ?? "" }

    /// Whether a text stands in the message of any event since the controller began.
    func hasTold(_ text: String) -> Bool { replica.reports.contains { $0.message.contains(text) } }

    /// The status of a pool: assigned and available, of IPv4 and of IPv6.
    func numbers(_ pool: String) -> [Int64?] {
        let key = KubernetesObjects.ObjectKey(namespace: LabServer.namespace, name: pool)
        let status = server.object(IPAddressPool.self, "ipaddresspools", key)?.status
        return [status?.assignedIPv4, status?.availableIPv4, status?.assignedIPv6, status?.availableIPv6]
    }

    /// What the controller says of the configuration.
    var configurationState: ConfigurationState.Status? {
        let key = KubernetesObjects.ObjectKey(namespace: LabServer.namespace, name: "controller")
        return server.object(ConfigurationState.self, "configurationstates", key)?.status
    }
}
