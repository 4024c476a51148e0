import KubernetesObjects
import LabAPI
import Testing

/// What leads to one of MetalLB's events, and what the event says.
struct EventCase: Sendable, CustomTestStringConvertible {
    /// Type and reason.
    var event: String
    var message: String
    var annotations: [String: String?] = [:]
    var spec: JSONValue = [:]
    /// Applied afterwards.
    var change: (annotations: [String: String?], spec: JSONValue)?
    /// The addresses of the pool afterwards.
    var pool: [String] = []

    var testDescription: String { "\(event): \(message)" }
}

private let dual: JSONValue = ["ipFamilyPolicy": "PreferDualStack"]

/// MetalLB 3.7, the controller's events with the names and the beginnings of the messages that people filter for.
private let cases: [EventCase] = [
    EventCase(event: "Normal IPAllocated", message: "Assigned IP [\"192.0.2.1\"]"),
    EventCase(
        event: "Normal IPAllocated", message: "Assigned additional IP \"2001:db8::1\"", spec: dual,
        pool: ["192.0.2.1-192.0.2.9", "2001:db8::1/128"]),
    EventCase(
        event: "Normal ClearAssignment",
        message: "current IP for \"default/web\" not allowed by config, will attempt for new IP assignment: ",
        pool: ["192.0.2.5-192.0.2.9"]),
    EventCase(
        event: "Normal AdditionalAssignFailed", message: "cannot assign additional IP in PreferDualStack: ", spec: dual),
    EventCase(
        event: "Warning AllocationFailed", message: "Failed to allocate IP for \"default/web\": addressNotInPool: ",
        annotations: ["metallb.io/loadBalancerIPs": "203.0.113.1"]),
    EventCase(
        event: "Warning LoadBalancerFailed", message: "invalid requested loadbalancer IPs: configurationInvalid: ",
        annotations: ["metallb.io/loadBalancerIPs": "192.0.2.x"]),
    EventCase(
        event: "Warning LoadBalancerFailed", message: "invalid requested loadbalancer IPs: configurationInvalid: ",
        change: (["metallb.io/loadBalancerIPs": "192.0.2.x"], [:])),
    EventCase(
        event: "Warning deprecatedAnnotation",
        message: "Service uses deprecated annotation metallb.universe.tf/loadBalancerIPs",
        annotations: ["metallb.universe.tf/loadBalancerIPs": "192.0.2.5"]),
]

/// Services that the API server of today does not let through; older ones and other ways may.
private let unusual: [(reason: String, message: String, policy: String?, clusterIPs: [String])] = [
    (
        "not enough clusterips", "Service requires dual stack but not enough clusterips: ", "RequireDualStack",
        ["10.96.0.1"]
    ),
    (
        "noclusterIPsIPFamily", "Failed to retrieve ClusterIPs IPFamily for \"default/web\": familyMismatch: ", nil,
        ["None"]
    ),
    (
        "noclusterIPsIPFamily", "Failed to retrieve ClusterIPs IPFamily for \"default/web\": familyMismatch: ", nil,
        ["nonsense"]
    ),
]

@Suite("Scenarios: events")
struct EventScenarios {
    @Test("each of MetalLB's events keeps its type, its reason and the beginning of its message", arguments: cases)
    func events(event: EventCase) {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        lab.apply("web", event.annotations, event.spec)
        if let change = event.change { lab.apply("web", change.annotations, change.spec) }
        if !event.pool.isEmpty { lab.pool("default", list: event.pool) }
        let found = lab.reports("web").filter { $0.event == event.event && $0.message.hasPrefix(event.message) }
        #expect(found.count == 1)
        // It is told once, however often the Service is looked at.
        let count = lab.events("web").count
        lab.apply("web", labels: ["touched": "yes"])
        lab.relist()
        #expect(lab.events("web").count == count)
    }

    @Test(
        "a Service without usable cluster addresses is told so, and loses what it has", arguments: unusual.indices)
    func withoutFamilies(index: Int) {
        let (reason, message, policy, clusterIPs) = unusual[index]
        var rig = Rig()
        rig.start()
        rig.setPool("default", "192.0.2.1/32")
        rig.apply("web")
        #expect(rig.addresses("web") == "192.0.2.1")
        rig.apply("web") {
            $0.spec.ipFamilyPolicy = policy
            $0.spec.clusterIPs = clusterIPs
        }
        #expect(rig.addresses("web") == "")
        #expect(rig.condition("web")?.reason == "familyMismatch")
        #expect(rig.reasons("web") == ["IPAllocated", reason])
        #expect(rig.lastMessage("web").hasPrefix(message))
        rig.apply("other")
        #expect(rig.addresses("other") == "192.0.2.1")
    }

    @Test("a cluster of one family does not let RequireDualStack through, nor any a headless LoadBalancer")
    func refusedByServer() {
        var lab = Scenario(pool: "192.0.2.1/32", isDualStack: false)
        for spec in [["ipFamilyPolicy": "RequireDualStack"], ["clusterIP": "None"]] as [JSONValue] {
            var spec = spec
            spec["type"] = "LoadBalancer"
            spec["ports"] = Scenario.ports(80)
            lab.send(
                "POST", LabServer.path("services", "default"), ["metadata": ["name": "web"], "spec": spec],
                expecting: 422...422)
        }
    }

    @Test("a refusal and its end are one event each, and the condition says the same with the time it began")
    func condition() throws {
        var lab = Scenario(pool: "192.0.2.1/32")
        lab.apply("first")
        lab.apply("second")
        let refused = try #require(lab.condition("second"))
        #expect(refused.status == "False")
        #expect(refused.reason == "poolExhausted")
        #expect(lab.lastMessage("second").hasSuffix(refused.message ?? "-"))
        lab.wait(.seconds(100))
        // Another reason, the same status: the time stays.
        lab.apply("second", ["metallb.io/loadBalancerIPs": "203.0.113.1"])
        #expect(lab.condition("second")?.reason == "addressNotInPool")
        #expect(lab.condition("second")?.lastTransitionTime == refused.lastTransitionTime)
        lab.apply("second", ["metallb.io/loadBalancerIPs": nil])
        lab.delete("first")
        #expect(lab.condition("second")?.status == "True")
        #expect(lab.condition("second")?.lastTransitionTime != refused.lastTransitionTime)
        #expect(
            lab.events("second") == [
                "Warning AllocationFailed", "Warning AllocationFailed", "Warning AllocationFailed",
                "Normal IPAllocated",
            ])
    }

    @Test("a pool that nothing announces, and pools that overlap, are told on the pool (MetalLB: nowhere)")
    func aboutPools() {
        var lab = Scenario(pool: "192.0.2.1-192.0.2.9")
        #expect(lab.events("default") == ["Warning ConfigurationWarning"])
        #expect(lab.configurationState?.result == "Valid")
        lab.pool("overlapping", "192.0.2.5/32")
        #expect(lab.events("overlapping").contains("Warning InvalidConfiguration"))
        #expect(lab.configurationState?.result == "Invalid")
        lab.deletePool("overlapping")
        #expect(lab.configurationState?.result == "Valid")
    }
}
