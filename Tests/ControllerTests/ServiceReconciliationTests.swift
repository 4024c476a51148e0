import Controller
import KubernetesClient
import KubernetesObjects
import Testing

@Suite("Services")
struct ServiceReconciliationTests {
    func rig() -> Rig {
        var rig = Rig()
        rig.start()
        rig.setPool("default", "192.168.122.90-192.168.122.100")
        return rig
    }

    @Test("a Service gets the lowest address, in status, annotation, condition and event")
    func simple() throws {
        var rig = rig()
        rig.apply("web")
        #expect(rig.addresses("web") == "192.168.122.90")
        let service = try #require(rig.service("web"))
        #expect(service.metadata.annotations["metallb.io/ip-allocated-from-pool"] == "default")
        let condition = try #require(rig.condition("web"))
        #expect(condition.status == "True")
        #expect(condition.reason == "Allocated")
        #expect(condition.message == "192.168.122.90 from pool default")
        #expect(condition.lastTransitionTime == "2026-01-01T00:00:00Z")
        #expect(rig.reasons("web") == ["IPAllocated"])
        #expect(rig.events.last?.message == "Assigned IP [\"192.168.122.90\"]")
        #expect(rig.events.last?.regarding.uid == "uid-web")
        rig.apply("second")
        #expect(rig.addresses("second") == "192.168.122.91")
    }

    @Test("a resync of what is settled writes nothing and tells nothing (MetalLB: events on every resync)")
    func resync() {
        var rig = rig()
        rig.apply("web")
        rig.apply("far") { $0.spec.loadBalancerIP = "192.168.122.200" }
        let writes = rig.server.writes.count
        let events = rig.events.count
        for _ in 0..<3 {
            for name in ["web", "far"] { rig.apply(name) { $0.metadata.labels["touched"] = "\(writes)" } }
            rig.handle(
                .services(.list(rig.server.services.values)))
            rig.settle()
        }
        #expect(rig.server.writes.count == writes)
        #expect(rig.events.count == events)
    }

    @Test("a deleted Service frees its address for one that waits")
    func deletion() {
        var rig = Rig()
        rig.start()
        rig.setPool("default", "10.0.0.1/32")
        rig.apply("a")
        rig.apply("b")
        #expect(rig.addresses("b") == "")
        #expect(rig.condition("b")?.reason == "poolExhausted")
        rig.delete("a")
        #expect(rig.addresses("b") == "10.0.0.1")
        #expect(rig.reasons("b") == ["AllocationFailed", "IPAllocated"])
        #expect(rig.condition("b")?.status == "True")
    }

    @Test("a refusal is told with the name of its reason, in an event and a condition")
    func refusal() {
        var rig = rig()
        rig.apply("far") { $0.spec.loadBalancerIP = "192.168.122.200" }
        #expect(rig.addresses("far") == "")
        #expect(rig.reasons("far") == ["AllocationFailed"])
        #expect(
            rig.events.last?.message.hasPrefix(
                "Failed to allocate IP for \"default/far\": addressNotInPool: 192.168.122.200 is in no pool") == true)
        #expect(rig.condition("far")?.status == "False")
        #expect(rig.condition("far")?.reason == "addressNotInPool")
        rig.apply("far") { $0.spec.loadBalancerIP = "192.168.122.95" }
        #expect(rig.addresses("far") == "192.168.122.95")
    }

    @Test("numbers in a refusal that change are no news")
    func refusalNumbers() {
        var rig = Rig()
        rig.start()
        rig.setPool("default", "10.0.0.1/32")
        rig.apply("a")
        rig.apply("b")
        rig.setPool("default", "10.0.0.1-10.0.0.2")
        #expect(rig.addresses("b") == "10.0.0.2")
        rig.apply("c")
        let writes = rig.statusWrites("c")
        rig.apply("c") { $0.metadata.labels = ["x": "y"] }
        #expect(rig.statusWrites("c") == writes)
        #expect(rig.reasons("c") == ["AllocationFailed"])
    }

    @Test("wishes that contradict one another are told under MetalLB's name for that")
    func bothWishes() {
        var rig = rig()
        rig.apply("web") {
            $0.spec.loadBalancerIP = "192.168.122.95"
            $0.metadata.annotations["metallb.io/loadBalancerIPs"] = "192.168.122.95"
        }
        #expect(rig.reasons("web") == ["LoadBalancerFailed"])
        #expect(rig.condition("web")?.reason == "configurationInvalid")
    }

    @Test("invalid and foreign entries in the status are cleaned away")
    func cleans() {
        var rig = rig()
        rig.apply("web") {
            $0.status.loadBalancer = .init(ingress: [.init(hostname: "lb.example"), .init(ip: "nonsense")])
        }
        #expect(rig.addresses("web") == "192.168.122.90")
    }

    @Test("a former LoadBalancer loses status, annotation and condition")
    func formerLoadBalancer() throws {
        var rig = rig()
        rig.apply("web")
        rig.apply("web") { $0.spec.type = "NodePort" }
        let service = try #require(rig.service("web"))
        #expect(rig.addresses("web") == "")
        #expect(service.metadata.annotations.isEmpty)
        #expect(rig.condition("web") == nil)
        rig.apply("other") { $0.spec.loadBalancerIP = "192.168.122.90" }
        #expect(rig.addresses("other") == "192.168.122.90")
    }

    @Test("a Service of another type that was never ours is left alone")
    func neverOurs() {
        var rig = rig()
        rig.apply("plain") {
            $0.spec.type = "NodePort"
            $0.status.loadBalancer = .init(ingress: [.init(ip: "203.0.113.1")])
        }
        #expect(rig.statusWrites("plain") == 0)
    }

    @Test("a Service whose type changes and with it its class is released (MetalLB: leaked until a restart)")
    func classWiped() {
        var rig = Rig(loadBalancerClass: "toono.io/edge")
        rig.start()
        rig.setPool("default", "10.0.0.1/32")
        rig.apply("web") { $0.spec.loadBalancerClass = "toono.io/edge" }
        #expect(rig.addresses("web") == "10.0.0.1")
        rig.apply("web") {
            $0.spec.loadBalancerClass = nil
            $0.spec.type = "ClusterIP"
        }
        #expect(rig.addresses("web") == "")
        rig.apply("other") { $0.spec.loadBalancerClass = "toono.io/edge" }
        #expect(rig.addresses("other") == "10.0.0.1")
    }

    @Test("a Service that goes over to another class keeps what the other one wrote")
    func classLeaves() {
        var rig = rig()
        rig.apply("web")
        rig.apply("web") {
            $0.spec.loadBalancerClass = "other"
            $0.status.loadBalancer?.ingress?.append(.init(ip: "203.0.113.1"))
        }
        #expect(rig.addresses("web") == "203.0.113.1")
        #expect(rig.service("web")?.metadata.annotations.isEmpty == true)
        rig.apply("third") {
            $0.spec.loadBalancerClass = "other"
            $0.status.loadBalancer = .init(ingress: [.init(ip: "192.168.122.91")])
        }
        #expect(rig.statusWrites("third") == 0)
    }

    @Test("an address that is no longer allowed is told of, replaced and told of again")
    func moves() {
        var rig = rig()
        rig.apply("web")
        rig.setPool("default", "192.168.122.95-192.168.122.100")
        #expect(rig.addresses("web") == "192.168.122.95")
        #expect(rig.reasons("web") == ["IPAllocated", "ClearAssignment", "IPAllocated"])
        #expect(rig.events.contains { $0.message.contains("addressNotInPool: 192.168.122.90 is in no pool") })
    }

    @Test("a second address is told of as additional")
    func additional() {
        var rig = rig()
        rig.apply("web") { $0.spec.clusterIPs = ["10.96.0.1", "fd00::1"] }
        #expect(rig.addresses("web") == "192.168.122.90")
        #expect(rig.reasons("web") == ["IPAllocated", "AdditionalAssignFailed"])
        rig.setPool("default", "192.168.122.90-192.168.122.100", "2001:db8::1/128")
        #expect(rig.addresses("web") == "192.168.122.90 2001:db8::1")
        #expect(rig.events.last?.message == "Assigned additional IP \"2001:db8::1\"")
    }

    @Test("several addresses of a family are asked for by annotation, and all stand in the status")
    func severalAddresses() {
        var rig = Rig()
        rig.start()
        rig.setPool("default", "10.0.0.1-10.0.0.2")
        rig.apply("a") { $0.metadata.annotations["toono.io/addresses-per-family"] = "2" }
        #expect(rig.addresses("a") == "10.0.0.1 10.0.0.2")
        rig.apply("a") { $0.metadata.annotations["toono.io/addresses-per-family"] = "3" }
        #expect(rig.addresses("a") == "10.0.0.1 10.0.0.2")
        #expect(rig.reasons("a") == ["IPAllocated", "AdditionalAssignFailed"])
    }

    @Test("an entry that stays keeps what was added to it")
    func keepsIPMode() {
        var rig = rig()
        rig.apply("web") { $0.spec.clusterIPs = ["10.96.0.1", "fd00::1"] }
        rig.apply("web") { $0.status.loadBalancer?.ingress?[0].ipMode = "Proxy" }
        rig.setPool("default", "192.168.122.90-192.168.122.100", "2001:db8::1/128")
        #expect(rig.service("web")?.status.loadBalancer?.ingress?.map(\.ipMode) == ["Proxy", nil])
    }

    @Test("an annotation with the old prefix works, and is told of once")
    func deprecated() {
        var rig = rig()
        rig.apply("web") { $0.metadata.annotations["metallb.universe.tf/loadBalancerIPs"] = "192.168.122.99" }
        rig.apply("web") { $0.metadata.labels["x"] = "y" }
        #expect(rig.addresses("web") == "192.168.122.99")
        #expect(rig.reasons("web").filter { $0 == "deprecatedAnnotation" }.count == 1)
    }

    @Test("a Service whose namespace gets the label of a pinned pool is looked at again")
    func namespaceLabels() {
        var rig = Rig()
        rig.start(namespaces: [Namespace(metadata: ObjectMeta(name: "default"))])
        rig.setPool("team", "10.0.0.1/32") {
            $0.spec.serviceAllocation = .init(namespaceSelectors: [LabelSelector(matchLabels: ["team": "a"])])
        }
        rig.apply("web")
        #expect(rig.condition("web")?.reason == "noPool")
        rig.handle(.namespaces(.applied(Namespace(metadata: ObjectMeta(name: "default", labels: ["team": "a"])))))
        rig.settle()
        #expect(rig.addresses("web") == "10.0.0.1")
    }

    @Test("a write that conflicts is decided anew on what the Service is by then")
    func conflict() {
        var rig = rig()
        rig.server.failures[ObjectKey(namespace: "default", name: "web")] = [KubernetesError(.conflict, "")]
        rig.apply("web")
        #expect(rig.addresses("web") == "192.168.122.90")
        #expect(rig.reasons("web") == ["IPAllocated"])
    }

    @Test("one Service whose writes fail delays no other, and tells only what has been written")
    func failing() {
        var rig = rig()
        let key = ObjectKey(namespace: "default", name: "bad")
        rig.server.failures[key] = Array(repeating: KubernetesError(.serverError(status: 500), ""), count: 6)
        let stored = rig.server.put(
            Service(
                metadata: ObjectMeta(name: "bad", namespace: "default"),
                spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.9"])))
        rig.handle(.services(.applied(stored)))
        for _ in 0..<4 { if let next = rig.queue.next(at: rig.now) { rig.work(next) } }
        #expect(rig.reasons("bad").isEmpty)
        let before = rig.now
        rig.apply("good")
        #expect(rig.addresses("good") == "192.168.122.91")
        rig.settle()
        #expect(rig.addresses("bad") == "192.168.122.90")
        #expect(rig.reasons("bad") == ["IPAllocated"])
        #expect(rig.now > before)
    }

    @Test("a server that does not keep conditions is not asked again and again (Kubernetes before 1.24)")
    func withoutConditions() {
        var rig = rig()
        rig.server.keepsConditions = false
        rig.apply("web")
        let writes = rig.statusWrites("web")
        rig.apply("web") { $0.metadata.labels["x"] = "y" }
        rig.apply("far") { $0.spec.loadBalancerIP = "1.2.3.4" }
        rig.apply("far") { $0.metadata.labels["x"] = "y" }
        #expect(rig.statusWrites("web") == writes)
        #expect(rig.reasons("far") == ["AllocationFailed"])
        #expect(!rig.state.keepsConditions)
    }

    @Test("conditions of others stay in the list")
    func foreignConditions() {
        var rig = rig()
        rig.apply("web") { $0.status.conditions = [Condition(type: "other.io/Ready", status: "True", reason: "R")] }
        #expect(rig.service("web")?.status.conditions?.map(\.type) == ["other.io/Ready", "toono.io/Allocated"])
    }
}
