import ClusterConfiguration
import Eligibility
import Inspection
import KubernetesObjects

/// A cluster in which all is well: three nodes, a pool, an advertisement, and a Service that edge2 announces. A test
/// breaks one thing.
struct Cluster {
    var objects = ClusterObjects()
    var events: [EventRecord] = []
    var speakers: [SpeakerView] = []
    var policy = Layer2Eligibility.Policy()

    static let web = ObjectKey(namespace: "default", name: "web")
    static let address = "192.0.2.90"

    init() {
        objects.nodes = ["edge1", "edge2", "edge3"].map { Node(metadata: ObjectMeta(name: $0)) }
        objects.resources.pools = [
            IPAddressPool(
                metadata: ObjectMeta(name: "lan", namespace: "metallb-system"),
                spec: .init(addresses: ["192.0.2.90-192.0.2.99"]),
                status: .init(assignedIPv4: 1, assignedIPv6: 0, availableIPv4: 9, availableIPv6: 0))
        ]
        objects.resources.layer2Advertisements = [
            L2Advertisement(metadata: ObjectMeta(name: "site", namespace: "metallb-system"))
        ]
        objects.services = [Self.service("web", address: Self.address)]
        objects.slices = [Self.slice("web", on: "edge1", "edge3")]
        objects.configurationStates = [
            ConfigurationState(
                metadata: ObjectMeta(name: "controller", namespace: "metallb-system"), status: .init(result: "Valid"))
        ]
        objects.layer2Statuses = [Self.report("web", on: "edge2")]
    }

    static func service(_ name: String, address: String?) -> Service {
        var service = Service(
            metadata: ObjectMeta(name: name, namespace: "default"),
            spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.1"], ports: [.init(port: 80)]))
        guard let address else { return service }
        service.status.loadBalancer = .init(ingress: [.init(ip: address)])
        service.metadata.annotations["metallb.io/ip-allocated-from-pool"] = "lan"
        service.status.conditions = [
            Condition(
                type: "toono.io/Allocated", status: "True", reason: "Allocated", message: "\(address) from pool lan")
        ]
        return service
    }

    /// A Service that the controller refuses an address.
    static func refused(_ name: String, _ reason: String, _ message: String) -> Service {
        var service = service(name, address: nil)
        service.status.conditions = [
            Condition(type: "toono.io/Allocated", status: "False", reason: reason, message: message)
        ]
        return service
    }

    static func slice(_ service: String, on nodes: String..., ready: Bool = true) -> EndpointSlice {
        EndpointSlice(
            metadata: ObjectMeta(
                name: "\(service)-1", namespace: "default", labels: [EndpointSlice.serviceNameLabel: service]),
            endpoints: nodes.map {
                .init(addresses: ["10.244.0.2"], conditions: .init(ready: ready), nodeName: $0)
            })
    }

    static func report(_ service: String, on node: String, interface: String = "eth0") -> ServiceL2Status {
        ServiceL2Status(
            metadata: ObjectMeta(
                name: "l2-\(service)-\(node)", namespace: "metallb-system",
                labels: [
                    ServiceL2Status.nodeLabel: node, ServiceL2Status.serviceNameLabel: service,
                    ServiceL2Status.serviceNamespaceLabel: "default",
                ]), status: .init(interfaces: [.init(name: interface)]))
    }

    /// Nobody announces anything.
    mutating func silence() { objects.layer2Statuses = [] }

    var picture: ClusterPicture { ClusterPicture(objects, policy: policy) }

    func explain(_ key: ObjectKey = web) -> Explanation? {
        picture.explain(key, events: events, speakers: speakers)
    }
}
