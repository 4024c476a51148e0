import KubernetesObjects
import LabAPI
import Testing

/// MetalLB 3.1: what a Service asks for with its annotations and its spec.
@Suite("Scenarios: annotations and other inputs")
struct AnnotationScenarios {
    @Test("address-pool takes an address of that pool only, also of one with autoAssign false")
    func addressPool() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.pool("reserved", "198.51.100.1/32", spec: ["autoAssign": false])
        lab.apply("web", ["metallb.io/address-pool": "reserved"])
        #expect(lab.addresses("web") == "198.51.100.1")
        #expect(lab.pool(of: "web") == "reserved")
        lab.apply("next", ["metallb.io/address-pool": "reserved"])
        #expect(lab.addresses("next") == "")
        #expect(lab.refusal("next") == "poolExhausted")
        #expect(lab.events("next") == ["Warning AllocationFailed"])
        #expect(lab.lastMessage("next").contains("pool `reserved` has 0 of 1 addresses free"))
    }

    @Test("address-pool does not open a pool that serviceAllocation pins to others")
    func addressPoolPinned() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.pool("shop", "198.51.100.1/32", spec: ["serviceAllocation": ["namespaces": ["shop"]]])
        lab.apply("web", ["metallb.io/address-pool": "shop"])
        #expect(lab.addresses("web") == "")
        #expect(lab.refusal("web") == "noPool")
        #expect(lab.lastMessage("web").contains("pool `shop` is pinned by its serviceAllocation"))
        lab.apply("till", in: "shop", ["metallb.io/address-pool": "shop"])
        #expect(lab.addresses("till", in: "shop") == "198.51.100.1")
    }

    @Test("loadBalancerIPs takes one address, or one of each family in whatever order and with spaces around the comma")
    func loadBalancerIPs() {
        var lab = Scenario(isDualStack: true)
        lab.pool("default", "192.0.2.1-192.0.2.9", "2001:db8::1-2001:db8::9")
        lab.apply("one", ["metallb.io/loadBalancerIPs": "192.0.2.5"])
        #expect(lab.addresses("one") == "192.0.2.5")
        lab.apply(
            "two", ["metallb.io/loadBalancerIPs": " 2001:db8::6 , 192.0.2.6 "], ["ipFamilyPolicy": "RequireDualStack"])
        // MetalLB's quirk: after a comparison the order could be that of the texts. Ours is that of the Service.
        #expect(lab.addresses("two") == "192.0.2.6 2001:db8::6")
        #expect(lab.pool(of: "two") == "default")
        #expect(lab.events("two") == ["Normal IPAllocated"])
        lab.apply("two", labels: ["touched": "yes"])
        #expect(lab.addresses("two") == "192.0.2.6 2001:db8::6")
        #expect(lab.writes["two"] == 1)
    }

    @Test(
        "loadBalancerIPs that cannot be meant is refused as the Service's own mistake",
        arguments: [
            ("192.0.2", "configurationInvalid"), ("web.example", "configurationInvalid"),
            ("192.0.2.1,", "configurationInvalid"), ("192.0.2.1,192.0.2.2", "familyMismatch"),
            ("192.0.2.1,2001:db8::1,192.0.2.3", "familyMismatch"),
        ])
    func unreadable(text: String, reason: String) {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9", "2001:db8::1-2001:db8::9")
        lab.apply("web", ["metallb.io/loadBalancerIPs": text])
        #expect(lab.addresses("web") == "")
        #expect(lab.refusal("web") == reason)
        #expect(lab.events("web") == ["Warning LoadBalancerFailed"])
        #expect(lab.lastMessage("web").hasPrefix("invalid requested loadbalancer IPs: \(reason): "))
    }

    @Test("spec.loadBalancerIP takes one address; together with loadBalancerIPs it is an error")
    func specAddress() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("web", ["loadBalancerIP": "192.0.2.5"])
        #expect(lab.addresses("web") == "192.0.2.1", "an annotation without prefix means nothing")
        lab.apply("spec", [:], ["loadBalancerIP": "192.0.2.5"])
        #expect(lab.addresses("spec") == "192.0.2.5")
        lab.apply("both", ["metallb.io/loadBalancerIPs": "192.0.2.6"], ["loadBalancerIP": "192.0.2.6"])
        #expect(lab.addresses("both") == "")
        #expect(lab.events("both") == ["Warning LoadBalancerFailed"])
        #expect(lab.lastMessage("both").contains("both the annotation `metallb.io/loadBalancerIPs` and"))
        lab.apply("both", ["metallb.io/loadBalancerIPs": nil])
        #expect(lab.addresses("both") == "192.0.2.6")
        #expect(lab.condition("both")?.status == "True")
    }

    @Test("explicit addresses match the families of the cluster addresses exactly")
    func families() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9", "2001:db8::1-2001:db8::9")
        lab.apply("six", ["metallb.io/loadBalancerIPs": "2001:db8::1"])
        for policy in ["PreferDualStack", "RequireDualStack"] {
            let name = policy.lowercased()
            lab.apply(name, ["metallb.io/loadBalancerIPs": "192.0.2.5"], ["ipFamilyPolicy": .string(policy)])
            #expect(lab.addresses(name) == "")
            #expect(lab.refusal(name) == "familyMismatch")
        }
        #expect(lab.addresses("six") == "")
        #expect(lab.refusal("six") == "familyMismatch")
        #expect(lab.events("six") == ["Warning AllocationFailed"])
        #expect(
            lab.lastMessage("six").contains(
                "requested load balancer address 2001:db8::1 does not match the Service's families IPv4"))
    }

    @Test("an explicit address and an address-pool that does not own it contradict one another")
    func addressAndPool() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.pool("other", "198.51.100.1-198.51.100.9")
        lab.apply("web", ["metallb.io/loadBalancerIPs": "192.0.2.5", "metallb.io/address-pool": "other"])
        #expect(lab.addresses("web") == "")
        #expect(lab.refusal("web") == "addressNotInPool")
        #expect(
            lab.lastMessage("web").contains(
                "192.0.2.5 is of pool `default`, and the Service asks for pool `other` too"))
        lab.apply("web", ["metallb.io/address-pool": "default"])
        #expect(lab.addresses("web") == "192.0.2.5")
    }

    @Test("an explicit address that another Service has, or that no pool has, is refused by name")
    func takenOrUnknown() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("first", ["metallb.io/loadBalancerIPs": "192.0.2.5"])
        lab.apply("second", ["metallb.io/loadBalancerIPs": "192.0.2.5"])
        #expect(lab.refusal("second") == "addressTaken")
        #expect(lab.lastMessage("second").contains("192.0.2.5 is in use by default/first"))
        lab.apply("third", ["metallb.io/loadBalancerIPs": "203.0.113.1"])
        #expect(lab.refusal("third") == "addressNotInPool")
        #expect(lab.lastMessage("third").contains("203.0.113.1 is in no pool; the pools are `default`"))
        lab.delete("first")
        #expect(lab.addresses("second") == "192.0.2.5")
    }

    @Test("each annotation counts under both prefixes", arguments: ["metallb.io/", "metallb.universe.tf/"])
    func bothPrefixes(prefix: String) {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.pool("reserved", "198.51.100.1/32", spec: ["autoAssign": false])
        lab.apply("pool", [prefix + "address-pool": "reserved"])
        #expect(lab.addresses("pool") == "198.51.100.1")
        lab.apply("one", [prefix + "loadBalancerIPs": "192.0.2.5", prefix + "allow-shared-ip": "k"])
        lab.apply(
            "two", [prefix + "loadBalancerIPs": "192.0.2.5", prefix + "allow-shared-ip": "k"],
            ["ports": Scenario.ports(443)])
        #expect(lab.addresses("two") == "192.0.2.5")
        // What we write has the new prefix, whatever the Service uses.
        #expect(lab.pool(of: "two") == "default")
        #expect(lab.service("two")?.metadata.annotations["metallb.universe.tf/ip-allocated-from-pool"] == nil)
    }

    @Test("where both prefixes are present the new one wins, even when its value is empty")
    func newPrefixWins() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply(
            "new", ["metallb.io/loadBalancerIPs": "192.0.2.5", "metallb.universe.tf/loadBalancerIPs": "192.0.2.6"])
        #expect(lab.addresses("new") == "192.0.2.5")
        lab.apply("empty", ["metallb.io/loadBalancerIPs": "", "metallb.universe.tf/loadBalancerIPs": "192.0.2.6"])
        #expect(lab.addresses("empty") == "192.0.2.1")
    }

    @Test("an annotation with the old prefix is told of with a change of the status only, and not after a restart")
    func deprecated() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("web", ["metallb.universe.tf/address-pool": "default"])
        #expect(lab.events("web") == ["Warning deprecatedAnnotation", "Normal IPAllocated"])
        #expect(lab.hasTold("Service uses deprecated annotation metallb.universe.tf/address-pool;"))
        lab.apply("web", labels: ["touched": "yes"])
        #expect(lab.events("web").count == 2)
        lab.restart()
        #expect(lab.events("web").isEmpty)
    }

    @Test("ip-allocated-from-pool is written with the address and goes with it")
    func allocatedFromPool() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("web", ["keep": "me"])
        #expect(lab.service("web")?.metadata.annotations == ["keep": "me", Scenario.fromPool: "default"])
        lab.apply("web", [:], ["type": "ClusterIP"])
        #expect(lab.service("web")?.metadata.annotations == ["keep": "me"])
        #expect(lab.condition("web") == nil)
    }

    @Test("without --lb-class a Service with a class is ignored completely; with it exactly that class is served")
    func classes() {
        for (served, expected) in [(nil, ["192.0.2.1", "", ""]), ("a.example/lb", ["", "192.0.2.1", ""])]
            as [(String?, [String])]
        {
            var lab = Scenario(pool: "192.0.2.1-192.0.2.9", loadBalancerClass: served)
            lab.apply("none")
            lab.apply("a", [:], ["loadBalancerClass": "a.example/lb"])
            lab.apply("b", [:], ["loadBalancerClass": "b.example/lb"])
            let names = ["none", "a", "b"]
            #expect(names.map { lab.addresses($0) } == expected)
            for name in names where lab.addresses(name).isEmpty {
                #expect(lab.writes[name] == nil)
                #expect(lab.events(name).isEmpty)
                #expect(lab.condition(name) == nil)
            }
        }
    }

    @Test("what is kube-proxy's job changes nothing about the address, and external addresses are nobody's here")
    func notLookedAt() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply(
            "web", [:],
            [
                "allocateLoadBalancerNodePorts": false, "loadBalancerSourceRanges": ["203.0.113.0/24"],
                "internalTrafficPolicy": "Local", "publishNotReadyAddresses": true, "externalIPs": ["192.0.2.1"],
            ])
        #expect(lab.addresses("web") == "192.0.2.1")
        #expect(lab.numbers("default") == [1, 8, 0, 0])
    }

    @Test("of an entry of the status only the address is written")
    func onlyAddress() throws {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("web")
        let entries = try #require(lab.service("web")?.status.loadBalancer?.ingress)
        // The mode is the server's default.
        #expect(entries == [Service.Ingress(ip: "192.0.2.1", ipMode: "VIP")])
    }
}
