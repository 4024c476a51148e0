import Controller
import KubernetesClient
import KubernetesObjects
import LabAPI
import Testing

/// One address a node pool for one Service (`openyurt.md` B4).
@Suite("Scenarios: PoolServices")
struct PoolServiceScenarios {
    @Test("each node pool gives one Service an address of its own, and OpenYurt puts them together")
    func twoSites() {
        var pools = PoolScenario.twoSites()
        pools.apply("web")
        #expect(pools.addresses("web-shop") == "192.0.2.1")
        #expect(pools.addresses("web-plant") == "198.51.100.1")
        #expect(pools.lab.addresses("web") == "192.0.2.1 198.51.100.1")
        #expect(pools.lab.events("web-shop") == ["Normal IPAllocated"])
        #expect(
            pools.lab.reports("web").map(\.message).sorted() == [
                "node pool plant: Assigned IP [\"198.51.100.1\"]", "node pool shop: Assigned IP [\"192.0.2.1\"]",
            ])
        let condition = pools.poolService("web-shop")?.status.conditions?.first
        #expect(condition?.message == "192.0.2.1 from pool shop-lan")
        #expect(pools.poolService("web-shop")?.metadata.finalizers == [PoolService.finalizer])
        #expect(pools.lab.numbers("shop-lan") == [1, 1, 0, 0])
    }

    @Test("the status of a Service that OpenYurt divides is never written by us")
    func untouched() {
        var pools = PoolScenario.twoSites()
        pools.apply("web")
        #expect(pools.lab.writes["web"] == nil)
        #expect(pools.lab.condition("web") == nil)
        // Also of one that had an address of ours before.
        pools.addresses("any", "203.0.113.1/32")
        pools.lab.apply("plain", [:], ["loadBalancerClass": "toono.io/edge"])
        #expect(pools.lab.addresses("plain") == "203.0.113.1")
        let writes = pools.lab.writes["plain"]
        pools.lab.put("plain", [PoolScenario.selector: "region=north"])
        pools.settle()
        #expect(pools.lab.writes["plain"] == writes)
        #expect(pools.lab.addresses("plain") == "192.0.2.2 198.51.100.2")
        #expect(pools.lab.numbers("any") == [0, 1, 0, 0])
    }

    @Test("a restart takes everything over from the statuses, and writes nothing")
    func restarts() {
        var pools = PoolScenario.twoSites()
        pools.apply("first")
        pools.apply("second")
        pools.delete("first")
        let before = pools.poolServices
        pools.restart()
        #expect(pools.poolServices == before)
        #expect(pools.addresses("second-shop") == "192.0.2.2")
        #expect(pools.lab.events("second-shop").isEmpty)
        pools.apply("third")
        #expect(pools.addresses("third-shop") == "192.0.2.1")
    }

    @Test("a deleted Service's addresses are free, and nothing of it is left")
    func deletes() {
        var pools = PoolScenario.twoSites()
        pools.apply("web")
        pools.delete("web")
        #expect(pools.poolServices.isEmpty)
        #expect(pools.lab.service("web") == nil)
        #expect(pools.lab.numbers("shop-lan") == [0, 2, 0, 0])
    }

    @Test("a Service that is deleted while the controller is away goes as soon as it is back")
    func deletesMeanwhile() {
        var pools = PoolScenario.twoSites()
        pools.apply("web")
        pools.lab.send("DELETE", LabServer.path("services", "default", "web"))
        pools.restart()
        #expect(pools.poolServices.isEmpty)
        #expect(pools.lab.service("web") == nil)
    }

    @Test("OpenYurt's own classes are served too; another one's is not")
    func classes() {
        for (lbClass, isServed) in [
            ("service.openyurt.io/vip", true), ("service.openyurt.io/viplb", true), ("toono.io/edge", true),
            ("example.com/other", false),
        ] {
            var pools = PoolScenario.twoSites()
            pools.apply("web", class: lbClass)
            #expect(pools.addresses("web-shop") == (isServed ? "192.0.2.1" : ""), "\(lbClass)")
            #expect(pools.poolService("web-shop")?.isHeld == isServed)
        }
    }

    @Test("a PoolService that leaves our class loses its address and our finalizer")
    func classLeaves() {
        var pools = PoolScenario.twoSites()
        pools.apply("web")
        pools.lab.send(
            "PATCH", LabServer.path("poolservices", "default", "web-shop"),
            ["spec": ["loadBalancerClass": "example.com/other"]])
        pools.settle()
        #expect(pools.addresses("web-shop") == "")
        #expect(pools.poolService("web-shop")?.metadata.finalizers == [])
        #expect(pools.poolService("web-shop")?.status.conditions ?? [] == [])
        #expect(pools.lab.addresses("web") == "198.51.100.1")
        #expect(pools.lab.numbers("shop-lan") == [0, 2, 0, 0])
    }

    @Test("a node pool without addresses is refused with what to do, and served as soon as there are some")
    func withoutAddresses() {
        var pools = PoolScenario()
        pools.nodePool("shop")
        pools.addresses("any", "203.0.113.0/24")
        pools.apply("web")
        #expect(pools.addresses("web-shop") == "", "addresses of no node pool lead nowhere at the site")
        #expect(pools.refusal("web-shop") == "noPool")
        #expect(pools.lab.lastMessage("web-shop").contains("node pool `shop` has no addresses; label an IPAddressPool"))
        #expect(pools.lab.lastMessage("web").hasPrefix("node pool shop: Failed to allocate IP"))
        pools.addresses("shop-lan", "192.0.2.7/32", for: "shop")
        #expect(pools.addresses("web-shop") == "192.0.2.7")
        pools.apply("more")
        #expect(pools.refusal("more-shop") == "poolExhausted")
        pools.delete("web")
        #expect(pools.addresses("more-shop") == "192.0.2.7")
    }

    @Test("the addresses of a node pool are for nobody else, also not on request")
    func bound() {
        var pools = PoolScenario.twoSites()
        pools.lab.apply("plain", [:], ["loadBalancerClass": "toono.io/edge"])
        #expect(pools.lab.addresses("plain") == "")
        #expect(pools.lab.refusal("plain") == "noPool")
        pools.lab.apply("plain", ["metallb.io/address-pool": "shop-lan"])
        #expect(pools.lab.refusal("plain") == "noPool")
        pools.apply("web", ["service.openyurt.io/loadBalancerIP-shop": "198.51.100.2"])
        #expect(pools.addresses("web-shop") == "", "an address of the plant")
        #expect(pools.refusal("web-shop") == "noPool")
    }

    @Test("a pool is bound by a selector of NodePools; one pool may be for several of them on one LAN")
    func selectors() {
        var pools = PoolScenario()
        pools.nodePool("a")
        pools.nodePool("b")
        pools.nodePool("c", labels: ["region": "north", "lan": "other"])
        pools.addresses("shared", "192.0.2.1-192.0.2.9", selector: "region in (north),!lan")
        pools.apply("web")
        #expect(pools.addresses("web-a") == "192.0.2.1")
        #expect(pools.addresses("web-b") == "192.0.2.2")
        #expect(pools.refusal("web-c") == "noPool")
        pools.nodePool("c")
        #expect(
            pools.lab.send("PATCH", LabServer.path("nodepools", nil, "c"), ["metadata": ["labels": ["lan": .null]]])
                == 200)
        pools.settle()
        #expect(pools.addresses("web-c") == "192.0.2.3")
    }

    @Test("a selector that cannot be read, or stands beside the label, is refused as configuration")
    func badSelectors() {
        for (nodePool, selector) in [(nil, "region in north"), ("shop", "region=north"), (nil, "")]
            as [(String?, String)]
        {
            var pools = PoolScenario()
            pools.addresses("lan", "192.0.2.1/32", for: nodePool, selector: selector)
            #expect(pools.lab.configurationState?.result == "Invalid", "\(selector)")
            #expect(pools.lab.configurationState?.errorSummary?.contains("toono.io/nodepool-selector") == true)
        }
    }

    @Test(
        "fixed addresses: one for a pool by its name; of a list each pool takes its own, and any where none is its own")
    func fixed() {
        var pools = PoolScenario.twoSites()
        pools.apply("web", ["service.openyurt.io/loadBalancerIP-shop": "192.0.2.2"])
        #expect(pools.addresses("web-shop") == "192.0.2.2")
        #expect(pools.addresses("web-plant") == "198.51.100.1")
        pools.apply("list", ["service.openyurt.io/vip": "198.51.100.2, 203.0.113.9"])
        #expect(pools.addresses("list-plant") == "198.51.100.2")
        #expect(pools.addresses("list-shop") == "192.0.2.1")
        pools.apply("taken", ["service.openyurt.io/loadBalancerIP-shop": "192.0.2.2"])
        #expect(pools.refusal("taken-shop") == "addressTaken")
        pools.apply("bad", ["service.openyurt.io/vip": "192.0.2"])
        #expect(pools.refusal("bad-shop") == "configurationInvalid")
    }

    @Test("a changed wish moves one pool's address and no other's")
    func rewished() {
        var pools = PoolScenario.twoSites()
        pools.apply("web")
        pools.apply("web", ["service.openyurt.io/loadBalancerIP-shop": "192.0.2.2"])
        #expect(pools.lab.addresses("web") == "192.0.2.2 198.51.100.1")
        #expect(pools.lab.events("web-plant") == ["Normal IPAllocated"])
    }

    @Test("Services share an address in each node pool by MetalLB's key")
    func sharing() {
        var pools = PoolScenario.twoSites()
        pools.apply("a", ["metallb.io/allow-shared-ip": "k"], ["ports": Scenario.ports(80)])
        pools.apply("b", ["metallb.io/allow-shared-ip": "k"], ["ports": Scenario.ports(443)])
        #expect(pools.addresses("a-shop") == pools.addresses("b-shop"))
        #expect(pools.addresses("a-plant") == pools.addresses("b-plant"))
        pools.apply("c", ["metallb.io/allow-shared-ip": "k"], ["ports": Scenario.ports(80)])
        #expect(pools.addresses("c-shop") == "192.0.2.2")
    }

    @Test("a pool that loses its binding, shrinks or goes takes its addresses back")
    func poolEdits() {
        var pools = PoolScenario.twoSites()
        pools.apply("web")
        pools.addresses("shop-lan", "192.0.2.2/32", for: "shop")
        #expect(pools.addresses("web-shop") == "192.0.2.2")
        #expect(pools.lab.events("web-shop").contains("Normal ClearAssignment"))
        pools.addresses("shop-lan", "192.0.2.2/32", for: "plant")
        #expect(pools.refusal("web-shop") == "noPool")
        #expect(pools.lab.addresses("web") == "198.51.100.1")
        pools.lab.deletePool("plant-lan")
        pools.settle()
        #expect(pools.addresses("web-plant") == "192.0.2.2")
    }
}
