import KubernetesObjects
import LabAPI
import Testing

/// MetalLB 3.2: from a Service to its status, step by step.
@Suite("Scenarios: the order of decisions about a Service")
struct ConvergeScenarios {
    @Test("a Service gets address, pool and condition in one write of its status, and an event")
    func simple() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("web")
        #expect(lab.addresses("web") == "192.0.2.1")
        #expect(lab.pool(of: "web") == "default")
        #expect(lab.condition("web")?.status == "True")
        #expect(lab.condition("web")?.reason == "Allocated")
        #expect(lab.condition("web")?.message == "192.0.2.1 from pool default")
        #expect(lab.events("web") == ["Normal IPAllocated"])
        #expect(lab.lastMessage("web") == "Assigned IP [\"192.0.2.1\"]")
        #expect(lab.writes["web"] == 1)
        #expect(lab.numbers("default") == [1, 8, 0, 0])
    }

    @Test("a deleted Service gives its address to one that waits for it")
    func deleted() {
        var lab = Scenario(pool: "192.0.2.1/32")
        lab.apply("first")
        lab.apply("second")
        #expect(lab.refusal("second") == "poolExhausted")
        lab.delete("first")
        #expect(lab.addresses("second") == "192.0.2.1")
        #expect(lab.events("second") == ["Warning AllocationFailed", "Normal IPAllocated"])
        #expect(lab.condition("second")?.status == "True")
        #expect(lab.numbers("default") == [1, 0, 0, 0])
    }

    @Test("before the pools have been read nothing is decided, neither given nor taken")
    func beforePools() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("old", ["metallb.io/loadBalancerIPs": "192.0.2.5"])
        lab.silent = [.pools]
        lab.restart()
        lab.apply("new")
        #expect(lab.addresses("old") == "192.0.2.5")
        #expect(lab.addresses("new") == "")
        #expect(lab.writes["new"] == nil)
        #expect(lab.events("new").isEmpty)
        lab.silent = []
        lab.settle()
        #expect(lab.addresses("new") == "192.0.2.1")
        #expect(lab.events("old").isEmpty)
    }

    @Test("a Service that is no LoadBalancer any more loses everything of ours, without a complaint")
    func otherType() {
        for type in ["NodePort", "ClusterIP"] {
            var lab = Scenario(pool: "192.0.2.1/32")
            lab.apply("web")
            lab.apply("web", [:], ["type": .string(type)])
            #expect(lab.addresses("web") == "")
            #expect(lab.pool(of: "web") == nil)
            #expect(lab.condition("web") == nil)
            #expect(lab.events("web") == ["Normal IPAllocated"])
            lab.apply("other")
            #expect(lab.addresses("other") == "192.0.2.1")
        }
    }

    @Test("a Service that never was a LoadBalancer is not written to")
    func neverOne() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("plain", [:], ["type": "ClusterIP"])
        lab.apply("node", [:], ["type": "NodePort"])
        #expect(lab.writes.isEmpty)
        #expect(lab.numbers("default") == [0, 9, 0, 0])
    }

    @Test("without any pool Services have no address, each told why, and get back what they had with the pool")
    func noPools() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        for name in ["a", "b"] { lab.apply(name) }
        lab.deletePool("default")
        for name in ["a", "b"] {
            #expect(lab.addresses(name) == "")
            #expect(lab.pool(of: name) == nil)
            #expect(lab.refusal(name) == "noPool")
            #expect(
                lab.events(name) == ["Normal IPAllocated", "Normal ClearAssignment", "Warning AllocationFailed"])
        }
        #expect(lab.lastMessage("a").contains("there is no IPAddressPool; create one"))
        lab.pool("default", "192.0.2.1-192.0.2.9")
        #expect(lab.addresses("a") == "192.0.2.1")
        #expect(lab.addresses("b") == "192.0.2.2")
    }

    @Test("a Service that loses its cluster address loses its address")
    func externalName() {
        var lab = Scenario(pool: "192.0.2.1/32")
        lab.apply("web")
        lab.apply("web", [:], ["type": "ExternalName", "externalName": "web.example"])
        #expect(lab.service("web")?.spec.clusterIPs == nil)
        #expect(lab.addresses("web") == "")
        #expect(lab.pool(of: "web") == nil)
        lab.apply("other")
        #expect(lab.addresses("other") == "192.0.2.1")
    }

    @Test("host names in the status are cleaned away")
    func hostName() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.put("web")
        lab.writeStatus("web", ingress: [["hostname": "lb.example"]])
        lab.settle()
        #expect(lab.addresses("web") == "192.0.2.1")
        lab.writeStatus("web", ingress: [["hostname": "lb.example"], ["ip": "192.0.2.1", "ipMode": "VIP"]])
        lab.settle()
        #expect(lab.addresses("web") == "192.0.2.1")
    }

    @Test("an address in the status whose family the Service does not have is replaced")
    func wrongFamily() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9", "2001:db8::1-2001:db8::9")
        lab.put("web")
        lab.writeStatus("web", ingress: [["ip": "2001:db8::5", "ipMode": "VIP"]])
        lab.restart()
        #expect(lab.addresses("web") == "192.0.2.1")
        #expect(lab.events("web") == ["Normal ClearAssignment", "Normal IPAllocated"])
        #expect(lab.hasTold("2001:db8::5 is not of the Service's family IPv4"))
        #expect(lab.numbers("default") == [1, 8, 0, 9])
    }

    @Test("what stands in the statuses is taken over after a restart, and nothing is written or told")
    func restart() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("b")
        lab.apply("a", ["metallb.io/loadBalancerIPs": "192.0.2.7"])
        lab.delete("b")
        lab.apply("b")
        lab.apply("far", ["metallb.io/loadBalancerIPs": "203.0.113.1"])
        let (writes, had) = (lab.writes, [lab.addresses("a"), lab.addresses("b")])
        lab.restart()
        #expect(lab.writes == writes)
        #expect([lab.addresses("a"), lab.addresses("b")] == had)
        #expect(["a", "b", "far"].allSatisfy { lab.events($0).isEmpty })
        lab.apply("c")
        #expect(!had.contains(lab.addresses("c")))
    }

    @Test("an address that the rules no longer allow is taken away with the reason, and another is given")
    func notAllowed() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("web")
        lab.pool("default", "192.0.2.5-192.0.2.9")
        #expect(lab.addresses("web") == "192.0.2.5")
        #expect(lab.events("web") == ["Normal IPAllocated", "Normal ClearAssignment", "Normal IPAllocated"])
        #expect(
            lab.hasTold(
                "current IP for \"default/web\" not allowed by config, will attempt for new IP assignment: "
                    + "addressNotInPool: 192.0.2.1 is in no pool"))
    }

    @Test("another pool or another address asked for moves the Service")
    func otherWish() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.pool("other", "198.51.100.1-198.51.100.9")
        lab.apply("web")
        lab.apply("web", ["metallb.io/address-pool": "other"])
        #expect(lab.addresses("web") == "198.51.100.1")
        #expect(lab.pool(of: "web") == "other")
        lab.apply("web", ["metallb.io/loadBalancerIPs": "198.51.100.7"])
        #expect(lab.addresses("web") == "198.51.100.7")
        #expect(lab.events("web") == Array(repeating: "Normal IPAllocated", count: 3))
        #expect(lab.numbers("other") == [1, 8, 0, 0])
        lab.apply("web", ["metallb.io/loadBalancerIPs": nil, "metallb.io/address-pool": nil])
        #expect(lab.addresses("web") == "198.51.100.7", "no wish is no reason to move")
    }

    @Test("an address asked for that is no address is told of, and the Service keeps what it has")
    func unreadableWish() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("web")
        lab.apply("web", ["metallb.io/loadBalancerIPs": "192.0.2"])
        #expect(lab.addresses("web") == "192.0.2.1")
        #expect(lab.events("web") == ["Normal IPAllocated", "Warning LoadBalancerFailed"])
        #expect(lab.condition("web")?.status == "True")
        #expect(lab.condition("web")?.message?.contains("ignored: configurationInvalid") == true)
    }

    @Test("an edit by hand of the status goes back to what the Service has")
    func editedStatus() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("web")
        for ingress in [[], [["ip": "192.0.2.5", "ipMode": "VIP"]]] as [[JSONValue]] {
            lab.writeStatus("web", ingress: ingress)
            lab.settle()
            #expect(lab.addresses("web") == "192.0.2.1")
        }
        #expect(lab.numbers("default") == [1, 8, 0, 0])
    }

    @Test("the status is written by services/status alone, with the version that it was decided for")
    func onlyStatus() throws {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.put("web")
        let before = try #require(lab.service("web"))
        lab.settle()
        let after = try #require(lab.service("web"))
        #expect(after.spec == before.spec)
        #expect(after.metadata.labels == before.metadata.labels)
        #expect(after.metadata.generation == before.metadata.generation)
        // Overtaken by another writer: read again, decided again, written once.
        lab.faults["next"] = [.overtaken]
        lab.apply("next")
        #expect(lab.addresses("next") == "192.0.2.2")
        #expect(lab.service("next")?.metadata.labels["overtaken"] != nil)
        #expect(lab.writes["next"] == 2)
        #expect(lab.events("next") == ["Normal IPAllocated"])
    }
}
