import KubernetesObjects
import LabAPI
import Testing

/// MetalLB 3.3: which address a Service gets.
@Suite("Scenarios: allocation")
struct AllocationScenarios {
    static let required: JSONValue = ["ipFamilyPolicy": "RequireDualStack"]
    static let preferred: JSONValue = ["ipFamilyPolicy": "PreferDualStack"]

    @Test("the first free address is given, from the ranges of a pool in their order")
    func order() {
        var lab = Scenario(pool: "192.0.2.9/32", "192.0.2.1-192.0.2.2")
        for (name, address) in [("a", "192.0.2.9"), ("b", "192.0.2.1"), ("c", "192.0.2.2")] {
            lab.apply(name)
            #expect(lab.addresses(name) == address)
        }
        lab.apply("d")
        #expect(lab.refusal("d") == "poolExhausted")
    }

    @Test("the first pool with a free address serves, in the order of names (MetalLB: at random)")
    func poolOrder() {
        var lab = Scenario()
        lab.pool("c", "192.0.2.3/32")
        lab.pool("a", "192.0.2.1/32")
        lab.pool("b", "2001:db8::1/128")
        for (name, address) in [("one", "192.0.2.1"), ("two", "192.0.2.3")] {
            lab.apply(name)
            #expect(lab.addresses(name) == address)
        }
        lab.apply("six", [:], ["ipFamilies": ["IPv6"]])
        #expect(lab.addresses("six") == "2001:db8::1")
    }

    @Test("pinned pools come first, the lower number before the higher, 0 last, then the open ones")
    func pinned() {
        var lab = Scenario(pool: "192.0.2.1/32")
        func pin(_ priority: Int64) -> JSONValue {
            ["serviceAllocation": ["priority": .int(priority), "namespaces": ["default"]]]
        }
        lab.pool("last", "198.51.100.1/32", spec: pin(0))
        lab.pool("second", "198.51.100.2/32", spec: pin(20))
        lab.pool("first", "198.51.100.3/32", spec: pin(10))
        for (name, pool) in [("a", "first"), ("b", "second"), ("c", "last"), ("d", "default")] {
            lab.apply(name)
            #expect(lab.pool(of: name) == pool)
        }
    }

    @Test("pools of equal priority serve in the order of names (MetalLB: an undefined order)")
    func ties() {
        var lab = Scenario()
        for name in ["c", "a", "b"] {
            lab.pool(name, "192.0.2.\(name.utf8.first ?? 0)/32", spec: ["serviceAllocation": ["priority": 5]])
        }
        for name in ["a", "b", "c"] {
            lab.apply("s\(name)")
            #expect(lab.pool(of: "s\(name)") == name)
        }
    }

    @Test("a pinned pool is for Services that match both its namespaces and its Service selectors, and for nobody else")
    func pinnedBoth() {
        var lab = Scenario()
        lab.pool(
            "edge", "192.0.2.1-192.0.2.9",
            spec: [
                "serviceAllocation": [
                    "namespaces": ["shop"], "serviceSelectors": [["matchLabels": ["tier": "edge"]]],
                ]
            ])
        lab.apply("right", in: "shop", labels: ["tier": "edge"])
        #expect(lab.addresses("right", in: "shop") == "192.0.2.1")
        lab.apply("label", labels: ["tier": "edge"])
        #expect(lab.refusal("label") == "noPool")
        lab.apply("wish", labels: ["tier": "edge"], ["metallb.io/loadBalancerIPs": "192.0.2.5"])
        #expect(lab.refusal("wish") == "noPool")
        #expect(lab.lastMessage("label").contains("pinned to other namespaces or Services: `edge`"))
        lab.apply("label", in: "shop")
        #expect(lab.addresses("label", in: "shop") == "")
    }

    @Test("namespace selectors are looked at again with the namespaces, and match nobody where they match none")
    func namespaceSelectors() {
        var lab = Scenario()
        lab.pool(
            "team", "192.0.2.1-192.0.2.9",
            spec: ["serviceAllocation": ["namespaceSelectors": [["matchLabels": ["team": "a"]]]]])
        // MetalLB's quirk: no namespace that matches meant any namespace for explicit requests.
        lab.apply("web", ["metallb.io/loadBalancerIPs": "192.0.2.5"])
        #expect(lab.refusal("web") == "noPool")
        lab.send("PATCH", "/api/v1/namespaces/default", ["metadata": ["labels": ["team": "a"]]])
        lab.settle()
        #expect(lab.addresses("web") == "192.0.2.5")
        lab.send("PATCH", "/api/v1/namespaces/default", ["metadata": ["labels": ["team": "b"]]])
        lab.settle()
        #expect(lab.addresses("web") == "")
        #expect(lab.refusal("web") == "noPool")
    }

    @Test("autoAssign false leaves a pool out, pinned or not, until a Service asks for it")
    func autoAssign() {
        var lab = Scenario()
        lab.pool("plain", "192.0.2.1/32", spec: ["autoAssign": false])
        lab.pool(
            "pinned", "192.0.2.2/32",
            spec: ["autoAssign": false, "serviceAllocation": ["priority": 1, "namespaces": ["default"]]])
        lab.apply("web")
        #expect(lab.refusal("web") == "noPool")
        #expect(lab.lastMessage("web").contains("given on request only (autoAssign false): `pinned`, `plain`"))
        lab.apply("web", ["metallb.io/loadBalancerIPs": "192.0.2.2"])
        #expect(lab.addresses("web") == "192.0.2.2")
    }

    @Test("avoidBuggyIPs gives neither .0 nor .255, not even on request")
    func buggy() {
        var lab = Scenario()
        lab.pool("p", "192.0.2.254-192.0.3.1", spec: ["avoidBuggyIPs": true])
        #expect(lab.numbers("p") == [0, 2, 0, 0])
        for (name, address) in [("a", "192.0.2.254"), ("b", "192.0.3.1")] {
            lab.apply(name)
            #expect(lab.addresses(name) == address)
        }
        for address in ["192.0.2.255", "192.0.3.0"] {
            lab.apply("wish", ["metallb.io/loadBalancerIPs": address])
            #expect(lab.refusal("wish") == "addressNotInPool")
            #expect(lab.lastMessage("wish").contains("\(address) ends in .0 or .255"))
        }
    }

    @Test("both addresses of a dual-stack Service come from the first pool that has both")
    func dualStack() {
        var lab = Scenario()
        lab.pool("a", "192.0.2.1/32")
        lab.pool("b", "2001:db8::1/128")
        lab.pool("c", "198.51.100.1/32", "2001:db8:1::1/128")
        for (name, spec) in [("required", Self.required), ("preferred", Self.preferred)] {
            lab.apply(name, [:], spec)
            #expect(lab.addresses(name) == "198.51.100.1 2001:db8:1::1")
            #expect(lab.pool(of: name) == "c")
            #expect(lab.numbers("c") == [1, 0, 1, 0])
            lab.delete(name)
        }
    }

    @Test("PreferDualStack without a pool of both takes its primary family, or else the other")
    func preferred() {
        var lab = Scenario()
        lab.pool("four", "192.0.2.1/32")
        lab.pool("six", "2001:db8::1/128")
        lab.apply("four-first", [:], Self.preferred)
        #expect(lab.addresses("four-first") == "192.0.2.1")
        #expect(lab.events("four-first") == ["Normal IPAllocated", "Normal AdditionalAssignFailed"])
        lab.apply("four-again", [:], Self.preferred)
        #expect(lab.addresses("four-again") == "2001:db8::1")
        for name in ["four-first", "four-again"] { lab.delete(name) }
        lab.apply("six-first", [:], ["ipFamilyPolicy": "PreferDualStack", "ipFamilies": ["IPv6", "IPv4"]])
        #expect(lab.addresses("six-first") == "2001:db8::1")
    }

    @Test("RequireDualStack without a pool of both gets nothing")
    func required() {
        var lab = Scenario()
        lab.pool("four", "192.0.2.1/32")
        lab.pool("six", "2001:db8::1/128")
        lab.apply("web", [:], Self.required)
        #expect(lab.addresses("web") == "")
        #expect(lab.refusal("web") == "familyMismatch")
        #expect(lab.events("web") == ["Warning AllocationFailed"])
        #expect(lab.numbers("four") == [0, 1, 0, 0])
    }

    @Test("the primary family of the Service comes first in its status")
    func primaryFirst() {
        var lab = Scenario(pool: "192.0.2.1/32", "2001:db8::1/128")
        lab.apply("web", [:], ["ipFamilyPolicy": "RequireDualStack", "ipFamilies": ["IPv6", "IPv4"]])
        #expect(lab.addresses("web") == "2001:db8::1 192.0.2.1")
    }

    @Test("a cluster of one family gives PreferDualStack one address, and no complaint about a second")
    func singleStackCluster() {
        var lab = Scenario(pool: "192.0.2.1/32", "2001:db8::1/128", isDualStack: false)
        lab.apply("web", [:], Self.preferred)
        #expect(lab.addresses("web") == "192.0.2.1")
        #expect(lab.events("web") == ["Normal IPAllocated"])
    }

    @Test("explicit addresses of two pools are refused")
    func explicitOfTwoPools() {
        var lab = Scenario()
        lab.pool("four", "192.0.2.1/32")
        lab.pool("six", "2001:db8::1/128")
        lab.apply("web", ["metallb.io/loadBalancerIPs": "192.0.2.1,2001:db8::1"], Self.required)
        #expect(lab.refusal("web") == "addressNotInPool")
        #expect(lab.lastMessage("web").contains("are of different pools"))
    }

    @Test("what cannot be given is refused with the pool's name and numbers, or the names that there are")
    func refusals() {
        var lab = Scenario(pool: "192.0.2.1/32")
        lab.apply("web")
        lab.apply("auto")
        #expect(lab.refusal("auto") == "poolExhausted")
        #expect(
            lab.lastMessage("auto").hasSuffix(
                "pool `default` has 0 of 1 addresses free; largest users: namespace `default` (1)"))
        lab.apply("named", ["metallb.io/address-pool": "default"])
        #expect(lab.refusal("named") == "poolExhausted")
        lab.apply("unknown", ["metallb.io/address-pool": "nowhere"])
        #expect(lab.refusal("unknown") == "noPool")
        #expect(lab.lastMessage("unknown").contains("unknown pool \"nowhere\"; the pools are `default`"))
        lab.apply("family", ["metallb.io/address-pool": "default"], ["ipFamilies": ["IPv6"]])
        #expect(lab.refusal("family") == "familyMismatch")
    }
}
