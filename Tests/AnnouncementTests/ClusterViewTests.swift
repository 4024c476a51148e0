import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons
import Announcement
import Testing

@Suite("What a speaker knows of the cluster")
struct ClusterViewTests {
    func service(_ name: String, ip: String?) -> Service {
        var service = Service(metadata: ObjectMeta(name: name, namespace: "default"), spec: .init(type: "LoadBalancer"))
        service.status.loadBalancer = ip.map { .init(ingress: [.init(ip: $0)]) }
        return service
    }

    func slice(_ service: String, nodes: String..., ready: Bool = true) -> EndpointSlice {
        EndpointSlice(
            metadata: ObjectMeta(
                name: service + "-1", namespace: "default", labels: [EndpointSlice.serviceNameLabel: service]),
            endpoints: nodes.map { .init(addresses: ["10.244.0.2"], conditions: .init(ready: ready), nodeName: $0) })
    }

    func configuration() throws -> Configuration {
        let range = try #require(IPPrefix("192.168.122.88/29")?.range)
        return Configuration(
            pools: [AddressPool(name: "default", ranges: [range])],
            layer2Advertisements: [.init(name: "all", pools: ["default"])])
    }

    /// A view with two nodes, and one Service with an endpoint.
    func complete() throws -> ClusterView {
        var view = ClusterView(policy: .init())
        view.setConfiguration(try configuration())
        view.missPoolServices()
        view.replaceNodes(["edge1", "edge2"].map { Node(metadata: ObjectMeta(name: $0)) })
        view.replaceServices([service("web", ip: "192.168.122.90")])
        view.replaceSlices([slice("web", nodes: "edge1")])
        return view
    }

    @Test("nothing is demanded before every kind was listed", arguments: ClusterView.Kind.allCases)
    func incomplete(missing: ClusterView.Kind) throws {
        var view = ClusterView(policy: .init())
        var service = service("web", ip: "192.168.122.90")
        service.spec.loadBalancerClass = "service.openyurt.io/vip"
        service.metadata.annotations["service.openyurt.io/nodepool-labelselector"] = "region=north"
        if missing != .poolServices { view.missPoolServices() }
        if missing != .configuration { view.setConfiguration(try configuration()) }
        if missing != .nodes { view.replaceNodes([Node(metadata: ObjectMeta(name: "edge1"))]) }
        if missing != .services { view.replaceServices([service]) }
        if missing != .endpointSlices { view.replaceSlices([slice("web", nodes: "edge1")]) }
        #expect(view.update().isEmpty)
        #expect(view.demands.isEmpty)
    }

    @Test("PoolServices are waited for only if a Service needs them, and never again after the first decision")
    func withoutPoolServices() throws {
        var view = ClusterView(policy: .init())
        view.setConfiguration(try configuration())
        view.replaceNodes([Node(metadata: ObjectMeta(name: "edge1"))])
        view.replaceSlices([slice("web", nodes: "edge1")])
        view.replaceServices([service("web", ip: "192.168.122.90")])
        let vip = try #require(IPAddress("192.168.122.90"))
        #expect(view.update() == [vip])
        var divided = service("shared", ip: "192.168.122.91")
        divided.spec.loadBalancerClass = "service.openyurt.io/vip"
        divided.metadata.annotations["service.openyurt.io/nodepool-labelselector"] = "region=north"
        view.applyService(divided)
        let other = try #require(IPAddress("192.168.122.91"))
        #expect(view.update() == [other])
        #expect(view.demands[other]?.refusal?.reason == .noPoolService)
        #expect(view.demands[vip]?.refusal == nil && view.isComplete)
    }

    @Test("a full picture names the candidates; the same picture again changes nothing")
    func full() throws {
        var view = try complete()
        let vip = try #require(IPAddress("192.168.122.90"))
        #expect(view.update() == [vip])
        #expect(view.demands[vip]?.candidates.keys.sorted() == ["edge1", "edge2"])
        #expect(view.update().isEmpty)
        view.applyNode(Node(metadata: ObjectMeta(name: "edge1")))
        view.applySlice(slice("web", nodes: "edge1"))
        view.applyService(service("web", ip: "192.168.122.90"))
        view.replaceServices([service("web", ip: "192.168.122.90")])
        #expect(view.update().isEmpty)
    }

    @Test("the last endpoint gone, the address changed, the Service deleted: each changes the demand")
    func changes() throws {
        var view = try complete()
        let (old, new) = try (#require(IPAddress("192.168.122.90")), #require(IPAddress("192.168.122.91")))
        _ = view.update()
        view.applySlice(slice("web", nodes: "edge1", ready: false))
        #expect(view.update() == [old])
        #expect(view.demands[old]?.refusal?.reason == .noServingEndpoint)
        view.applySlice(slice("web", nodes: "edge2"))
        _ = view.update()
        view.applyService(service("web", ip: "192.168.122.91"))
        #expect(view.update() == [old, new])
        #expect(view.demands.keys.sorted() == [new])
        view.deleteService(ObjectKey(namespace: "default", name: "web"))
        #expect(view.update() == [new])
        #expect(view.demands.isEmpty)
    }

    @Test("Services that share an address demand it together: it is announced while one of them can be")
    func shared() throws {
        var view = try complete()
        let vip = try #require(IPAddress("192.168.122.90"))
        view.applyService(service("dns", ip: "192.168.122.90"))
        _ = view.update()
        #expect(view.demands[vip]?.services.map(\.name) == ["dns", "web"])
        #expect(view.demands[vip]?.refusal == nil)
        view.deleteSlice(ObjectKey(namespace: "default", name: "web-1"))
        _ = view.update()
        #expect(view.demands[vip]?.refusal?.reason == .noServingEndpoint)
        view.deleteService(ObjectKey(namespace: "default", name: "web"))
        _ = view.update()
        #expect(view.demands[vip]?.services.map(\.name) == ["dns"])
    }

    @Test("a slice that moves to another Service leaves the first")
    func movedSlice() throws {
        var view = try complete()
        let vip = try #require(IPAddress("192.168.122.90"))
        _ = view.update()
        var moved = slice("web", nodes: "edge1")
        moved.metadata.labels[EndpointSlice.serviceNameLabel] = "other"
        view.applySlice(moved)
        #expect(view.update() == [vip])
        #expect(view.demands[vip]?.refusal?.reason == .noServingEndpoint)
    }
}
