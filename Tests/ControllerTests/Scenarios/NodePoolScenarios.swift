import Controller
import KubernetesClient
import KubernetesObjects
import LabAPI
import Testing

/// NodePools that come, go and change, and the addresses that their annotation gives.
@Suite("Scenarios: NodePools")
struct NodePoolScenarios {
    func pool(_ name: String, _ pools: PoolScenario) -> IPAddressPool? {
        pools.lab.server.object(IPAddressPool.self, "ipaddresspools", .init(namespace: LabServer.namespace, name: name))
    }

    func advertisement(_ name: String, _ pools: PoolScenario) -> L2Advertisement? {
        pools.lab.server.object(
            L2Advertisement.self, "l2advertisements", .init(namespace: LabServer.namespace, name: name))
    }

    @Test("the annotation of a NodePool becomes an IPAddressPool and its L2Advertisement; ranges leave their end out")
    func annotation() {
        var pools = PoolScenario()
        pools.nodePool("shop", addresses: "192.0.2.10-192.0.2.12, 192.0.2.20")
        #expect(pool("nodepool-shop", pools)?.spec.addresses == ["192.0.2.10-192.0.2.11", "192.0.2.20-192.0.2.20"])
        #expect(pool("nodepool-shop", pools)?.metadata.labels["toono.io/nodepool"] == "shop")
        let spec = advertisement("nodepool-shop", pools)?.spec
        #expect(spec?.ipAddressPools == ["nodepool-shop"])
        #expect(spec?.nodeSelectors == [LabelSelector(matchLabels: ["apps.openyurt.io/nodepool": "shop"])])
        pools.apply("web")
        #expect(pools.addresses("web-shop") == "192.0.2.10")
        pools.nodePool("shop", addresses: "192.0.2.11-192.0.2.13")
        #expect(pool("nodepool-shop", pools)?.spec.addresses == ["192.0.2.11-192.0.2.12"])
        #expect(pools.addresses("web-shop") == "192.0.2.11")
        pools.lab.send(
            "PATCH", LabServer.path("nodepools", nil, "shop"),
            ["metadata": ["annotations": ["openyurt.io/address-pools": .null]]])
        pools.settle()
        #expect(pool("nodepool-shop", pools) == nil)
        #expect(advertisement("nodepool-shop", pools) == nil)
        #expect(pools.refusal("web-shop") == "noPool")
    }

    @Test("an annotation that is not understood, or overlaps, is said of the NodePool and changes nothing")
    func badAnnotation() {
        var pools = PoolScenario()
        pools.nodePool("shop", addresses: "192.0.2.10-192.0.2.12")
        pools.apply("web")
        pools.nodePool("shop", addresses: "192.0.2.20-192.0.2.10")
        #expect(pool("nodepool-shop", pools)?.spec.addresses == ["192.0.2.10-192.0.2.11"])
        #expect(pools.addresses("web-shop") == "192.0.2.10")
        #expect(pools.lab.lastMessage("shop").contains("ends before it starts"))
        #expect(pools.lab.configurationState?.result == "Invalid")
        pools.nodePool("shop", addresses: "192.0.2.10-192.0.2.12")
        #expect(pools.lab.configurationState?.result == "Valid")
        pools.nodePool("plant", addresses: "192.0.2.11-192.0.2.15")
        #expect(pool("nodepool-plant", pools) == nil)
        #expect(pools.lab.lastMessage("plant").contains("192.0.2.10-192.0.2.11 is of NodePool shop already"))
        #expect(pools.addresses("web-shop") == "192.0.2.10")
    }

    @Test("a ConfigMap and a NodePool name the same addresses at the same time: one has them, the other is told so")
    func legacyAtTheSameTime() {
        var pools = PoolScenario()
        let text = "address-pools:\n- name: old\n  protocol: layer2\n  addresses:\n  - 192.0.2.10-192.0.2.12\n"
        pools.lab.send(
            "POST", LabServer.path("configmaps", LabServer.namespace),
            ["metadata": ["name": "config"], "data": ["config": .string(text)]])
        pools.nodePool("shop", addresses: "192.0.2.11-192.0.2.14")
        #expect(pool("old", pools) != nil)
        #expect(pool("nodepool-shop", pools) == nil)
        #expect(pools.lab.lastMessage("shop").contains("192.0.2.10-192.0.2.12 is of IPAddressPool old already"))
        // The configuration without the NodePool's addresses is in force.
        pools.lab.apply("plain", [:], ["loadBalancerClass": "toono.io/edge"])
        #expect(pools.lab.addresses("plain") == "192.0.2.10")
    }

    @Test("an annotation that names an address twice makes no pool, and takes none from others that keep theirs")
    func twice() {
        var pools = PoolScenario()
        pools.nodePool("shop", addresses: "192.0.2.10-192.0.2.14, 192.0.2.12")
        #expect(pool("nodepool-shop", pools) == nil)
        #expect(pools.lab.lastMessage("shop").contains("192.0.2.10-192.0.2.13 is of NodePool shop already"))
        pools.nodePool("shop", addresses: "192.0.2.10-192.0.2.14")
        pools.nodePool("shop", addresses: "nonsense")
        pools.nodePool("kiosk", addresses: "192.0.2.11")
        #expect(pool("nodepool-kiosk", pools) == nil, "the shop keeps what it had")
        #expect(pool("nodepool-shop", pools)?.spec.addresses == ["192.0.2.10-192.0.2.13"])
    }

    @Test("somebody's own resource of that name is left alone")
    func conflict() {
        var pools = PoolScenario()
        pools.lab.pool("nodepool-shop", "203.0.113.0/24")
        pools.nodePool("shop", addresses: "192.0.2.10-192.0.2.12")
        #expect(pool("nodepool-shop", pools)?.spec.addresses == ["203.0.113.0/24"])
        #expect(pools.lab.hasTold("IPAddressPool nodepool-shop was not made from this configuration"))
    }

    @Test("a NodePool that goes takes its PoolService along; the others keep theirs")
    func gone() {
        var pools = PoolScenario.twoSites()
        pools.apply("web")
        pools.deleteNodePool("shop")
        #expect(pools.poolServices.map(\.metadata.name) == ["web-plant"])
        #expect(pools.lab.addresses("web") == "198.51.100.1")
        #expect(pools.lab.numbers("shop-lan") == [0, 2, 0, 0])
    }

    @Test("while its NodePool is gone and OpenYurt is away, a PoolService keeps its address and gets none")
    func goneAlone() {
        var pools = PoolScenario.twoSites()
        pools.apply("web")
        pools.lab.send("DELETE", LabServer.path("nodepools", nil, "shop"))
        pools.lab.settle()
        #expect(pools.addresses("web-shop") == "192.0.2.1")
        pools.lab.restart()
        #expect(pools.addresses("web-shop") == "192.0.2.1")
        pools.lab.send(
            "PATCH", LabServer.path("poolservices", "default", "web-shop") + "/status",
            ["status": ["loadBalancer": .null]])
        // Nobody remembers it now.
        pools.lab.restart()
        #expect(pools.addresses("web-shop") == "")
        #expect(pools.refusal("web-shop") == "noPool")
        #expect(pools.lab.lastMessage("web-shop").contains("there is no NodePool `shop`"))
    }

    @Test("a NodePool that is renamed is another one: its addresses are bound anew")
    func renamed() {
        var pools = PoolScenario.twoSites()
        pools.apply("web")
        pools.deleteNodePool("shop")
        pools.nodePool("store")
        #expect(pools.refusal("web-store") == "noPool")
        pools.addresses("shop-lan", "192.0.2.1-192.0.2.2", for: "store")
        #expect(pools.addresses("web-store") != "")
    }

    @Test("CRDs that the server stops to serve take nothing away")
    func absent() {
        var pools = PoolScenario()
        pools.nodePool("shop", addresses: "192.0.2.10-192.0.2.12")
        pools.apply("web")
        pools.lab.silent = [.nodePools, .poolServices]
        pools.lab.restart(missing: [.poolServices(.connection(.absent)), .nodePools(.connection(.absent))])
        #expect(pool("nodepool-shop", pools)?.spec.addresses == ["192.0.2.10-192.0.2.11"])
        #expect(pools.addresses("web-shop") == "192.0.2.10")
        pools.lab.silent = []
        pools.settle()
        #expect(pools.addresses("web-shop") == "192.0.2.10")
        #expect(pools.lab.numbers("nodepool-shop") == [1, 1, 0, 0])
    }
}
