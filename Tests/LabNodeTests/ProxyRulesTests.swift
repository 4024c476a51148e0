import KubernetesObjects
import LabNode
import Testing

@Suite("The stand-in for kube-proxy")
struct ProxyRulesTests {
    func service(policy: String) -> Service {
        var service = Service(
            metadata: ObjectMeta(name: "web", namespace: "default"),
            spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.10", "fd00::10"], ports: [.init(port: 80)]))
        service.spec.externalTrafficPolicy = policy
        service.status.loadBalancer = .init(ingress: [.init(ip: "192.168.122.90"), .init(ip: "fd00:122::90")])
        return service
    }

    let slice = EndpointSlice(
        metadata: ObjectMeta(name: "web-1", namespace: "default", labels: [EndpointSlice.serviceNameLabel: "web"]),
        endpoints: [
            .init(addresses: ["10.244.2.2"], nodeName: "edge2"), .init(addresses: ["10.244.1.2"], nodeName: "edge1"),
            .init(addresses: ["10.244.3.2"], conditions: .init(ready: false), nodeName: "edge3"),
        ], ports: [.init(port: 8080)])

    func lines(node: String, policy: String) -> [String] {
        ProxyRules(node: node, services: [service(policy: policy)], slices: [slice]).text.split(separator: "\n")
            .map { String($0.drop { $0 == " " }) }.filter { $0.contains("dport") }
    }

    @Test("a node's own endpoint comes first, and connections are masqueraded")
    func ownFirst() {
        #expect(
            lines(node: "edge1", policy: "Cluster") == [
                "ip daddr 10.96.0.10 tcp dport 80 dnat to 10.244.1.2:8080",
                "ip daddr 192.168.122.90 tcp dport 80 meta mark set meta mark or 0x4000 dnat to 10.244.1.2:8080",
            ])
    }

    @Test("a node without endpoint spreads over all that can serve, or over none under Local")
    func others() {
        #expect(
            lines(node: "edge3", policy: "Cluster").last
                == "ip daddr 192.168.122.90 tcp dport 80 meta mark set meta mark or 0x4000 "
                + "dnat ip to numgen random mod 2 map { 0 : 10.244.1.2 . 8080, 1 : 10.244.2.2 . 8080 }")
        #expect(lines(node: "edge3", policy: "Local").count == 1)
        #expect(
            lines(node: "edge2", policy: "Local").last == "ip daddr 192.168.122.90 tcp dport 80 dnat to 10.244.2.2:8080"
        )
    }

    @Test("IPv6 has a table of its own")
    func sixthVersion() {
        let six = EndpointSlice(
            metadata: ObjectMeta(name: "web-2", namespace: "default", labels: [EndpointSlice.serviceNameLabel: "web"]),
            addressType: "IPv6", endpoints: [.init(addresses: ["fd00:244:1::2"], nodeName: "edge1")],
            ports: [.init(port: 8080)])
        let text = ProxyRules(node: "edge1", services: [service(policy: "Local")], slices: [slice, six]).text
        #expect(text.contains("table ip6 \(ProxyRules.table) {"))
        #expect(text.contains("ip6 daddr fd00:122::90 tcp dport 80 dnat to [fd00:244:1::2]:8080"))
        #expect(text.contains("ip6 daddr fd00::10 tcp dport 80 dnat to [fd00:244:1::2]:8080"))
        #expect(text.contains("ip daddr 192.168.122.90 tcp dport 80 dnat to 10.244.1.2:8080"))
    }

    @Test("with node pools it sees what YurtHub would let kube-proxy see")
    func nodePools() {
        let nodes = [("edge1", "shop"), ("edge2", "plant"), ("edge3", "plant")].map { name, pool in
            Node(
                metadata: ObjectMeta(
                    name: name, labels: ["apps.openyurt.io/nodepool": pool, "openyurt.io/is-edge-worker": "true"]))
        }
        func targets(_ node: String, _ key: String, _ value: String) -> Int {
            var service = service(policy: "Cluster")
            service.metadata.annotations[key] = value
            return ProxyRules(node: node, services: [service], slices: [slice], nodes: nodes).text
                .split(separator: "\n").count { $0.contains("dport") && !$0.contains("10.244.1.2") }
        }
        #expect(targets("edge3", "openyurt.io/topologyKeys", "openyurt.io/nodepool") == 2, "edge2's endpoint alone")
        #expect(targets("edge3", "openyurt.io/topologyKeys", "kubernetes.io/hostname") == 0)
        #expect(targets("edge2", "nodeport.openyurt.io/listen", "shop") == 0)
        #expect(targets("edge2", "nodeport.openyurt.io/listen", "plant") == 2)
        #expect(targets("edge2", "svc.openyurt.io/discard", "true") == 0)
    }
}
