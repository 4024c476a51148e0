import KubernetesClient
import KubernetesObjects
import LabAPI
import Testing

/// MetalLB 3.5: release, changes of the pools, restart.
@Suite("Scenarios: release, pool changes and restart")
struct ReleaseScenarios {
    @Test("a Service whose type changes, so that the API server wipes its class, is released (MetalLB: leaked)")
    func classWiped() {
        var lab = Scenario(pool: "192.0.2.1/32", loadBalancerClass: "toono.io/edge")
        lab.apply("web", [:], ["loadBalancerClass": "toono.io/edge"])
        #expect(lab.addresses("web") == "192.0.2.1")
        lab.apply("waiting", [:], ["loadBalancerClass": "toono.io/edge"])
        lab.apply("web", [:], ["type": "ClusterIP"])
        #expect(lab.service("web")?.spec.loadBalancerClass == nil)
        #expect(lab.addresses("web") == "")
        #expect(lab.pool(of: "web") == nil)
        #expect(lab.condition("web") == nil)
        #expect(lab.addresses("waiting") == "192.0.2.1")
    }

    @Test("an address that was freed rests, but is given at once where there is no other, or to who asks for it")
    func freedAddress() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.2")
        lab.apply("old")
        lab.delete("old")
        lab.apply("a")
        #expect(lab.addresses("a") == "192.0.2.2", "clients may still know the old Service by its address")
        lab.apply("b")
        #expect(lab.addresses("b") == "192.0.2.1")
        lab.delete("a")
        lab.apply("c", ["metallb.io/loadBalancerIPs": "192.0.2.2"])
        #expect(lab.addresses("c") == "192.0.2.2")
    }

    @Test("after its rest a freed address is the first again")
    func rested() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("old")
        lab.delete("old")
        lab.wait(.seconds(60))
        lab.apply("new")
        #expect(lab.addresses("new") == "192.0.2.1")
    }

    @Test("a pool that shrinks moves who no longer fits and nobody else")
    func shrinks() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.3")
        for name in ["a", "b", "c"] { lab.apply(name) }
        lab.pool("default", "192.0.2.2-192.0.2.4")
        #expect(["a", "b", "c"].map { lab.addresses($0) } == ["192.0.2.4", "192.0.2.2", "192.0.2.3"])
        #expect(lab.events("b") == ["Normal IPAllocated"])
        lab.pool("default", "192.0.2.3-192.0.2.4")
        #expect(["a", "b", "c"].map { lab.addresses($0) } == ["192.0.2.4", "", "192.0.2.3"])
        #expect(lab.refusal("b") == "poolExhausted")
        lab.pool("default", "192.0.2.1-192.0.2.9")
        #expect(["a", "b", "c"].map { lab.addresses($0) } == ["192.0.2.4", "192.0.2.2", "192.0.2.3"])
    }

    @Test("a pool that grows moves nobody")
    func grows() {
        var lab = Scenario(pool: "192.0.2.5-192.0.2.6")
        lab.apply("a")
        lab.pool("default", "192.0.2.0/24")
        #expect(lab.addresses("a") == "192.0.2.5")
        #expect(lab.writes["a"] == 1)
        #expect(lab.numbers("default") == [1, 255, 0, 0])
    }

    @Test("a pool that is renamed keeps its Services' addresses, and the annotation follows")
    func renames() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("a")
        // As kubectl does it with one file: both changes before the controller looks.
        lab.send("DELETE", LabServer.path("ipaddresspools", LabServer.namespace, "default"))
        lab.pool("renamed", "192.0.2.1-192.0.2.9")
        #expect(lab.addresses("a") == "192.0.2.1")
        #expect(lab.pool(of: "a") == "renamed")
        #expect(lab.condition("a")?.message == "192.0.2.1 from pool renamed")
        #expect(lab.events("a") == ["Normal IPAllocated"])
    }

    @Test("avoidBuggyIPs turned on moves who has .0 or .255")
    func avoidsBuggy() {
        var lab = Scenario(pool: "192.0.2.0/30")
        lab.apply("a")
        #expect(lab.addresses("a") == "192.0.2.0")
        lab.pool("default", "192.0.2.0/30", spec: ["avoidBuggyIPs": true])
        #expect(lab.addresses("a") == "192.0.2.1")
        #expect(lab.events("a") == ["Normal IPAllocated", "Normal ClearAssignment", "Normal IPAllocated"])
        #expect(lab.hasTold("192.0.2.0 ends in .0 or .255, which pool `default` avoids (avoidBuggyIPs)"))
    }

    @Test("autoAssign turned off and a pool that is preferred move nobody")
    func movesNobody() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("a")
        lab.pool("default", "192.0.2.1-192.0.2.9", spec: ["autoAssign": false])
        lab.pool("better", "198.51.100.1/32", spec: ["serviceAllocation": ["priority": 1, "namespaces": ["default"]]])
        #expect(lab.addresses("a") == "192.0.2.1")
        #expect(lab.writes["a"] == 1)
        lab.restart()
        #expect(lab.addresses("a") == "192.0.2.1")
    }

    @Test("a PreferDualStack Service gets its second address from its own pool, and from no other")
    func secondFamily() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("a", [:], ["ipFamilyPolicy": "PreferDualStack"])
        lab.pool("both", "198.51.100.1/32", "2001:db8:1::1/128")
        #expect(lab.addresses("a") == "192.0.2.1")
        lab.pool("default", "192.0.2.1-192.0.2.9", "2001:db8::1/128")
        #expect(lab.addresses("a") == "192.0.2.1 2001:db8::1")
        #expect(
            lab.events("a") == ["Normal IPAllocated", "Normal AdditionalAssignFailed", "Normal IPAllocated"])
        #expect(lab.lastMessage("a") == "Assigned additional IP \"2001:db8::1\"")
    }

    @Test("a Service that becomes dual-stack keeps its address, and one that becomes single-stack the one that fits")
    func policyChanges() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9", "2001:db8::1-2001:db8::9")
        lab.apply("a")
        lab.apply("a", [:], ["ipFamilyPolicy": "RequireDualStack"])
        #expect(lab.addresses("a") == "192.0.2.1 2001:db8::1")
        lab.apply("a", [:], ["ipFamilyPolicy": "SingleStack"])
        #expect(lab.addresses("a") == "192.0.2.1")
        #expect(lab.numbers("default") == [1, 8, 0, 9])
    }

    @Test("at the start those who have addresses keep them, whoever is older or asks by name")
    func startOrder() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.3", "2001:db8::1/128")
        lab.apply("holder", [:], ["ipFamilyPolicy": "PreferDualStack"])
        lab.silent = Set(Replica.Feed.Kind.allCases)
        lab.apply("a-newcomer")
        lab.apply("b-wish", ["metallb.io/loadBalancerIPs": "192.0.2.1"])
        lab.apply("c-wish", ["metallb.io/loadBalancerIPs": "192.0.2.2"])
        lab.silent = []
        lab.restart()
        #expect(lab.addresses("holder") == "192.0.2.1 2001:db8::1")
        #expect(lab.addresses("c-wish") == "192.0.2.2", "who asks by name comes before who takes what there is")
        #expect(lab.addresses("a-newcomer") == "192.0.2.3")
        #expect(lab.refusal("b-wish") == "addressTaken")
    }

    @Test("a Service whose writes fail delays no other at the start (MetalLB: everybody waits for it)")
    func failingAtStart() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.silent = [.services]
        lab.restart()
        for name in ["bad", "good"] { lab.put(name) }
        lab.faults["bad"] = Array(repeating: .refused(.serverError(status: 500)), count: 5)
        lab.silent = []
        while lab.addresses("good") == "", lab.work() {}
        #expect(lab.addresses("good") != "")
        #expect(lab.addresses("bad") == "")
        #expect(lab.events("bad").isEmpty, "what is not written is not told")
        lab.settle()
        #expect(lab.addresses("bad") != "")
        #expect(lab.events("bad") == ["Normal IPAllocated"])
    }

    @Test("an invalid edit of a pool costs nobody an address, is told on the pool and in the ConfigurationState")
    func invalidEdit() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("a")
        lab.pool("default", "192.0.2.9-192.0.2.1")
        #expect(lab.addresses("a") == "192.0.2.1")
        #expect(lab.configurationState?.result == "Invalid")
        #expect(lab.configurationState?.errorSummary?.contains("default") == true)
        #expect(lab.events("default").contains("Warning InvalidConfiguration"))
        lab.apply("b")
        #expect(lab.addresses("b") == "192.0.2.2", "the last good configuration stays in force")
        lab.pool("default", "192.0.2.1-192.0.2.9")
        #expect(lab.configurationState?.result == "Valid")
        #expect(lab.configurationState?.errorSummary == nil)
    }
}
