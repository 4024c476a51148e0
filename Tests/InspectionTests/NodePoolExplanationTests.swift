import Eligibility
import Inspection
import KubernetesObjects
import Reasons
import Testing

@Suite("Explaining a Service with an address in each node pool")
struct NodePoolExplanationTests {
    static let plantAddress = "192.0.2.91"

    /// Two pools on one LAN: edge1 and edge2 are the shop, edge3 is the plant; both addresses are announced.
    func cluster() -> Cluster {
        var cluster = Cluster()
        for (index, pool) in ["shop", "shop", "plant"].enumerated() {
            cluster.objects.nodes[index].metadata.labels["apps.openyurt.io/nodepool"] = pool
        }
        cluster.objects.services[0].metadata.annotations = [
            "service.openyurt.io/nodepool-labelselector": "region=north"
        ]
        cluster.objects.services[0].spec.loadBalancerClass = "service.openyurt.io/vip"
        cluster.objects.services[0].status.conditions = nil
        cluster.objects.services[0].status.loadBalancer = .init(
            ingress: [.init(ip: Cluster.address), .init(ip: Self.plantAddress)])
        cluster.objects.poolServices = [poolService("shop", Cluster.address), poolService("plant", Self.plantAddress)]
        cluster.objects.layer2Statuses = [Cluster.report("web", on: "edge2"), Cluster.report("web", on: "edge3")]
        return cluster
    }

    func poolService(_ pool: String, _ address: String?, _ reason: String = "Allocated", _ message: String = "")
        -> PoolService
    {
        let condition = Condition(
            type: "toono.io/Allocated", status: address == nil ? "False" : "True", reason: reason, message: message)
        return PoolService(
            metadata: ObjectMeta(
                name: "web-\(pool)", namespace: "default",
                labels: ["openyurt.io/service-name": "web", "openyurt.io/pool-name": pool]),
            spec: .init(loadBalancerClass: "service.openyurt.io/vip"),
            status: .init(
                loadBalancer: .init(ingress: address.map { [.init(ip: $0)] }), conditions: [condition]))
    }

    func explain(_ cluster: Cluster) throws -> Explanation {
        try #require(ClusterPicture(cluster.objects, policy: cluster.policy).explain(Cluster.web))
    }

    @Test("all is well: each pool's address, and of each node why it may not announce the other's")
    func well() throws {
        let found = try explain(cluster())
        #expect(found.isHealthy)
        let address = try #require(found.findings.first { $0.step == .address })
        #expect(address.details == ["node pool plant: 192.0.2.91", "node pool shop: 192.0.2.90"])
        let nodes = found.findings.filter { $0.step == .nodes }
        #expect(nodes.map(\.text) == ["edge1, edge2 may announce", "edge3 may announce"])
        #expect(
            nodes[1].details[0]
                == "edge1: otherNodePool: 192.0.2.91 is for node pool plant, and node \"edge1\" is in shop")
        let announcements = found.findings.filter { $0.step == .announcement }
        #expect(
            announcements.map(\.text) == [
                "192.0.2.90 by edge2 (layer2 on eth0)", "192.0.2.91 by edge3 (layer2 on eth0)",
            ])
    }

    @Test("an announcer of one pool is none for the other's address")
    func oneSilent() throws {
        var cluster = cluster()
        cluster.objects.layer2Statuses.removeLast()
        let found = try explain(cluster)
        #expect(found.cause?.message.contains("192.0.2.91") == true)
    }

    @Test("a pool without an address is a note beside those that have one, and the cause where none has")
    func lacking() throws {
        var cluster = cluster()
        cluster.objects.poolServices[1] = poolService("plant", nil, "noPool", "node pool `plant` has no addresses")
        cluster.objects.services[0].status.loadBalancer = .init(ingress: [.init(ip: Cluster.address)])
        let found = try explain(cluster)
        #expect(found.isHealthy)
        #expect(found.findings.first { $0.step == .address }?.result == .note)
        #expect(
            found.text(isWide: false).contains(
                "node pool plant: no address: noPool: node pool `plant` has no addresses"))
        cluster.objects.services[0].status.loadBalancer = nil
        cluster.objects.poolServices.removeFirst()
        let cause = try #require(try explain(cluster).cause)
        #expect(cause.text == "noPool: node pool plant: node pool `plant` has no addresses")
    }

    @Test("without a PoolService the selector and yurt-manager are in question; with addresses, only the latter")
    func openYurt() throws {
        var cluster = cluster()
        cluster.objects.services[0].status.loadBalancer = nil
        #expect(try explain(cluster).cause?.message.contains("OpenYurt has not put them") == true)
        cluster.objects.poolServices = []
        let cause = try #require(try explain(cluster).cause)
        #expect(cause.reason == "noPoolService")
        #expect(cause.message.contains("region=north"))
    }

    @Test("a node pool whose nodes may not announce is told of by its own nodes' reason")
    func ownReason() throws {
        var cluster = cluster()
        cluster.objects.services[0].metadata.annotations["nodeport.openyurt.io/listen"] = "shop"
        cluster.objects.layer2Statuses.removeLast()
        let cause = try #require(try explain(cluster).cause)
        #expect(cause.reason == "dataPlaneNotReady")
        #expect(cause.message.contains("node pool plant"))
        #expect(!cause.message.contains("all"))
    }

    @Test("owners and drain know whose address is whose")
    func owners() throws {
        let cluster = cluster()
        let picture = ClusterPicture(cluster.objects, policy: cluster.policy)
        #expect(OwnerReport(picture).owners.map { $0.announcers.map(\.node) } == [["edge2"], ["edge3"]])
        var drain = Drain(node: "edge2", before: picture.announcers)
        drain.observe(picture.announcers)
        let move = try #require(drain.report(picture).moves.first)
        #expect(move.to.isEmpty, "edge3 announces the plant's address")
        #expect(move.others == ["edge1"])
    }
}
