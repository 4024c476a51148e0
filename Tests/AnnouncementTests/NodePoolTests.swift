import Addresses
import Announcement
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons
import Testing

/// OpenYurt's node pools on one LAN: four nodes, two pools, one Service with an address for each.
@Suite("Node pools that share a LAN")
struct NodePoolTests {
    static let shop = Site.vip
    static let plant = IPAddress(v4: 0xC0A8_7A5B)
    static let poolOf = ["edge1": "shop", "edge2": "shop", "edge3": "plant", "edge4": "plant"]

    func site() throws -> Site {
        var site = Site()
        for (name, number) in zip(Self.poolOf.keys.sorted(), UInt32(11)...) { try site.add(name, number: number) }
        site.update { $0.fill(pools: Self.poolOf) }
        site.pass(.seconds(3))
        return site
    }

    func pool(_ nodes: [String]) -> Set<String?> { Set(nodes.map { Self.poolOf[$0] }) }

    @Test("each pool's address is announced by one of its nodes")
    func own() throws {
        let site = try site()
        #expect(site.answering(Self.shop).count == 1 && pool(site.answering(Self.shop)) == ["shop"])
        #expect(site.answering(Self.plant).count == 1 && pool(site.answering(Self.plant)) == ["plant"])
        let session = try #require(site.nodes["edge1"]?.session)
        #expect(session.obstacle(to: Self.plant)?.reason == .otherNodePool)
        #expect(session.obstacle(to: Self.shop) == nil)
    }

    @Test("failover stays in the pool; with all of its nodes dead its address is silent")
    func failover() throws {
        var site = try site()
        let owner = try #require(site.answering(Self.shop).first)
        let other = try #require(site.answering(Self.plant).first)
        site.connect(owner, false)
        site.pass(.seconds(2))
        let successor = try #require(site.answering(Self.shop).first)
        #expect(Self.poolOf[successor] == "shop" && successor != owner)
        site.connect(successor, false)
        site.pass(.seconds(5))
        #expect(site.answering(Self.shop).isEmpty)
        #expect(site.answering(Self.plant) == [other])
    }

    @Test(
        "a node that moves to the other pool gives its old pool's address to a node of that, and may have the new one")
    func moves() throws {
        var site = try site()
        let mover = try #require(site.answering(Self.shop).first)
        var pools = Self.poolOf
        pools[mover] = "plant"
        site.update { $0.fill(pools: pools) }
        site.pass(.seconds(3))
        let owner = try #require(site.answering(Self.shop).first)
        #expect(owner != mover && pools[owner] == "shop")
        // Of three that may have the other address now, the one that had it keeps it.
        #expect(site.answering(Self.plant).count == 1)
        for name in ["edge3", "edge4"] { site.connect(name, false) }
        site.pass(.seconds(5))
        #expect(site.answering(Self.plant) == [mover])
    }

    @Test("a node that leaves its pool and enters none announces nothing of any")
    func leaves() throws {
        var site = try site()
        let leaver = try #require(site.answering(Self.shop).first)
        var pools: [String: String?] = Self.poolOf
        pools[leaver] = .some(nil)
        site.update { $0.fill(pools: pools) }
        site.pass(.seconds(3))
        #expect(site.answering(Self.shop).count == 1 && !site.answering(Self.shop).contains(leaver))
        for name in ["edge1", "edge2", "edge3", "edge4"] where name != leaver { site.connect(name, false) }
        site.pass(.seconds(5))
        #expect(site.answering(Self.shop).isEmpty && site.answering(Self.plant).isEmpty)
    }

    @Test("a deleted PoolService takes its pool's address off the LAN, before the Service's status follows")
    func deleted() throws {
        var site = try site()
        site.update { $0.deletePoolService(ObjectKey(namespace: "default", name: "web-shop")) }
        site.pass(.seconds(3))
        #expect(site.answering(Self.shop).isEmpty)
        #expect(site.answering(Self.plant).count == 1)
    }

    @Test("what is remembered is enough to know one's own address, and a list of nothing that comes late takes it away")
    func memory() throws {
        let full = try #require(try site().nodes["edge1"]?.session.cluster)
        var view = ClusterView(policy: .init())
        view.setConfiguration(full.configuration)
        view.replaceNodes(full.rememberedNodes)
        view.replaceSlices(full.rememberedSlices)
        view.replaceServices(full.rememberedServices)
        #expect(view.update().isEmpty, "half a picture")
        view.replacePoolServices(full.rememberedPoolServices)
        #expect(view.update() == [Self.shop, Self.plant])
        #expect(view.demands[Self.shop]?.candidates.keys.sorted() == ["edge1", "edge2"])
        #expect(view.takeChanged().contains(.poolServices))
        // No answer is no list.
        view.missPoolServices()
        #expect(view.update().isEmpty)
        view.replacePoolServices([])
        #expect(view.update() == [Self.shop, Self.plant])
        #expect(view.demands[Self.shop]?.refusal?.reason == .noPoolService)
    }

    @Test("an annotation of OpenYurt's on a Service that has not changed otherwise counts")
    func annotations() throws {
        var view = try #require(try site().nodes["edge1"]?.session.cluster)
        var service = try #require(view.service(ObjectKey(namespace: "default", name: "web")))
        service.metadata.annotations["nodeport.openyurt.io/listen"] = "plant"
        view.applyService(service)
        #expect(view.update() == [Self.shop])
        #expect(view.demands[Self.shop]?.refusedNodes["edge1"]?.reason == .dataPlaneNotReady)
        service.metadata.annotations["somebody.example/else"] = "1"
        view.applyService(service)
        #expect(view.update().isEmpty)
    }
}

extension ClusterView {
    /// A cluster with these nodes in their pools and one Service, divided among `shop` and `plant`.
    fileprivate mutating func fill(pools: [String: String?]) {
        let range = IPPrefix("192.168.122.0/24").map(\.range)
        setConfiguration(
            ClusterConfiguration.Configuration(
                pools: [AddressPool(name: "lan", ranges: [range].compactMap { $0 })],
                layer2Advertisements: [.init(name: "all", pools: ["lan"])]))
        replaceNodes(
            pools.map { name, pool in
                let labels = pool.map { ["apps.openyurt.io/nodepool": $0] } ?? [:]
                return Node(metadata: ObjectMeta(name: name, labels: labels))
            })
        let addresses = ["shop": NodePoolTests.shop, "plant": NodePoolTests.plant]
        var service = Service(
            metadata: ObjectMeta(
                name: "web", namespace: "default",
                annotations: ["service.openyurt.io/nodepool-labelselector": "region=north"]),
            spec: .init(type: "LoadBalancer"))
        service.spec.loadBalancerClass = "service.openyurt.io/vip"
        service.status.loadBalancer = .init(ingress: addresses.values.sorted().map { .init(ip: "\($0)") })
        replaceServices([service])
        replacePoolServices(
            addresses.map { pool, address in
                PoolService(
                    metadata: ObjectMeta(
                        name: "web-\(pool)", namespace: "default",
                        labels: ["openyurt.io/service-name": "web", "openyurt.io/pool-name": pool]),
                    spec: .init(loadBalancerClass: "service.openyurt.io/vip"),
                    status: .init(loadBalancer: .init(ingress: [.init(ip: "\(address)")])))
            })
        replaceSlices([
            EndpointSlice(
                metadata: ObjectMeta(
                    name: "web-1", namespace: "default", labels: [EndpointSlice.serviceNameLabel: "web"]),
                endpoints: pools.keys.map { .init(addresses: ["10.244.0.2"], nodeName: $0) })
        ])
    }
}
