import Addresses
import KubernetesObjects
package import SinkReplies

extension ClusterView {
    /// The ports of all Services with an address. What comes to one of them is a Service's, whether or not its rules are
    /// in place.
    package var servedPorts: Set<ServedPort> {
        var ports: Set<ServedPort> = []
        for service in services.values where service.isLoadBalancer {
            let addresses = (service.status.loadBalancer?.ingress ?? []).compactMap { $0.ip.flatMap(IPAddress.init) }
            for port in service.spec.ports ?? [] {
                guard let transport = TransportProtocol(name: port.transport ?? "TCP"),
                    let number = UInt16(exactly: port.port)
                else { continue }
                for address in addresses { ports.insert(ServedPort(address, transport, number)) }
            }
        }
        return ports
    }
}
