import Controller
import KubernetesClient
import KubernetesObjects
import Testing

@Suite("Start")
struct StartTests {
    func service(_ name: String, ip: String? = nil, created: String = "2026-01-01T00:00:00Z") -> Service {
        var metadata = ObjectMeta(name: name, namespace: "default")
        metadata.creationTimestamp = created
        return Service(
            metadata: metadata, spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.1"]),
            status: .init(loadBalancer: ip.map { .init(ingress: [.init(ip: $0)]) }))
    }

    func pool(_ name: String, _ addresses: String...) -> IPAddressPool {
        IPAddressPool(metadata: ObjectMeta(name: name, namespace: "metallb-system"), spec: .init(addresses: addresses))
    }

    @Test("nothing is decided until every kind is listed, namespaces too")
    func waitsForAll() {
        var rig = Rig()
        _ = rig.server.put(pool("default", "10.0.0.1/32"))
        _ = rig.server.put(service("web"))
        rig.listRest()
        rig.handle(.services(.list(rig.server.services.values)))
        rig.settle()
        #expect(rig.state.missingKinds.map(\.kind) == ["Namespace"])
        #expect(rig.server.writes.isEmpty)
        rig.handle(.namespaces(.replaced([], unreadable: [], resourceVersion: "1")))
        rig.settle()
        #expect(rig.addresses("web") == "10.0.0.1")
    }

    @Test("without the pools' CRD nothing begins, and the reason is told")
    func withoutCRD() {
        var rig = Rig()
        rig.start()
        var other = Rig()
        other.handle(.pools(.connection(.absent)))
        #expect(rig.state.isStarted)
        #expect(!other.state.isStarted)
        #expect(
            other.state.missingKinds.first { $0.kind == "IPAddressPool" }?.reason
                == "the server does not know the kind; are the CRDs installed?")
    }

    @Test("addresses in statuses are taken over before anybody gets a new one")
    func adopts() {
        var rig = Rig()
        _ = rig.server.put(pool("default", "10.0.0.1-10.0.0.3"))
        _ = rig.server.put(service("a", created: "2025-01-01T00:00:00Z"))
        _ = rig.server.put(service("b", ip: "10.0.0.1"))
        rig.start()
        #expect(rig.addresses("b") == "10.0.0.1")
        #expect(rig.addresses("a") == "10.0.0.2")
        #expect(rig.reasons("b").isEmpty)
    }

    @Test("of the newcomers those come first who ask for an address by name, then the oldest")
    func order() {
        var rig = Rig()
        _ = rig.server.put(pool("default", "10.0.0.1-10.0.0.3"))
        _ = rig.server.put(service("young", created: "2026-01-01T00:00:00Z"))
        _ = rig.server.put(service("old", created: "2024-01-01T00:00:00Z"))
        var named = service("named", created: "2027-01-01T00:00:00Z")
        named.spec.loadBalancerIP = "10.0.0.1"
        _ = rig.server.put(named)
        rig.start()
        #expect(["named", "old", "young"].map { rig.addresses($0) } == ["10.0.0.1", "10.0.0.2", "10.0.0.3"])
    }

    @Test("a restart changes nothing and tells nothing that stands in the statuses already")
    func restart() {
        var rig = Rig()
        rig.start()
        rig.setPool("default", "10.0.0.1/32")
        rig.apply("a")
        rig.apply("b")
        var next = Rig()
        next.server = rig.server
        let writes = next.server.writes.count
        next.start()
        let news = next.server.writes.dropFirst(writes).filter { write in
            if case .configurationState = write { false } else { true }
        }
        #expect(news.isEmpty)
        #expect(next.events.allSatisfy { $0.regarding.kind != "Service" })
        next.delete("a")
        #expect(next.addresses("b") == "10.0.0.1")
    }

    @Test("an invalid configuration at the start leaves every address alone and says why there are no new ones")
    func invalidAtStart() {
        var rig = Rig()
        _ = rig.server.put(pool("default", "10.0.0.300/32"))
        _ = rig.server.put(service("has", ip: "10.0.0.1"))
        _ = rig.server.put(service("wants"))
        rig.start()
        #expect(rig.statusWrites("has") == 0)
        #expect(rig.condition("wants")?.reason == "configurationInvalid")
        #expect(rig.reasons("wants") == ["AllocationFailed"])
        #expect(rig.configurationState?.result == "Invalid")
        rig.setPool("default", "10.0.0.1-10.0.0.2")
        #expect(rig.addresses("wants") == "10.0.0.2")
        #expect(rig.configurationState?.result == "Valid")
    }
}
