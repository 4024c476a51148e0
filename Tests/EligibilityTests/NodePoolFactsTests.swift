import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons
import Testing

@Suite("Node pools decide who may announce")
struct NodePoolFactsTests {
    static let vips = ["192.168.122.90", "192.168.123.90"]

    let nodes = [
        node("s1", "shop"), node("s2", "shop"), node("p1", "plant"), NodeFacts(name: "cloud1"),
    ]

    static func node(_ name: String, _ pool: String) -> NodeFacts {
        NodeFacts(name: name, labels: ["apps.openyurt.io/nodepool": pool, "openyurt.io/is-edge-worker": "true"])
    }

    func service(_ annotations: [String: String] = [:], isDivided: Bool = true) -> Service {
        var service = Service(
            metadata: ObjectMeta(name: "web", namespace: "default", annotations: annotations),
            spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.10"]))
        service.spec.loadBalancerClass = isDivided ? "service.openyurt.io/vip" : nil
        if isDivided { service.metadata.annotations["service.openyurt.io/nodepool-labelselector"] = "region=north" }
        service.status.loadBalancer = .init(ingress: Self.vips.map { .init(ip: $0) })
        return service
    }

    static func poolService(_ pool: String, _ address: String) -> PoolService {
        PoolService(
            metadata: ObjectMeta(
                name: "web-\(pool)", namespace: "default",
                labels: ["openyurt.io/service-name": "web", "openyurt.io/pool-name": pool]),
            spec: .init(loadBalancerClass: "service.openyurt.io/vip"),
            status: .init(loadBalancer: .init(ingress: [.init(ip: address)])))
    }

    let both = [poolService("shop", vips[0]), poolService("plant", vips[1])]

    /// The verdict for each address of the Service.
    func verdicts(
        _ service: Service, poolServices: [PoolService]? = nil, endpoints names: [String] = ["s1", "p1"]
    ) throws -> [Layer2Eligibility.Verdict] {
        let ranges = try Self.vips.map { try #require(IPAddress($0)) }.map { IPRange($0) }
        let configuration = Configuration(
            pools: [AddressPool(name: "lans", ranges: ranges)],
            layer2Advertisements: [.init(name: "all", pools: ["lans"])])
        let endpoints = ServingEndpoints([
            EndpointSlice(
                metadata: ObjectMeta(name: "web-1"),
                endpoints: names.map { .init(addresses: ["10.244.0.2"], nodeName: $0) })
        ])
        let facts = NodePoolFacts(service, poolServices: poolServices ?? both, endpoints: endpoints) { name in
            nodes.first { $0.name == name }?.labels["apps.openyurt.io/nodepool"]
        }
        return Layer2Eligibility(configuration: configuration, nodes: nodes, policy: .init())
            .verdicts(for: service, endpoints: endpoints, nodePools: facts)
    }

    @Test("an address is for the nodes of its PoolService's pool only, whatever the Service's status lists")
    func ownPool() throws {
        let found = try verdicts(service())
        #expect(found.map { $0.candidates.keys.sorted() } == [["s1", "s2"], ["p1"]])
        #expect(found[0].refusedNodes.mapValues(\.reason) == ["p1": .otherNodePool, "cloud1": .otherNodePool])
        #expect(
            found[0].refusedNodes["p1"]?.message == "192.168.122.90 is for node pool shop, and node \"p1\" is in plant")
        #expect(found[0].refusedNodes["cloud1"]?.message.hasSuffix("is in none") == true)
    }

    @Test("an address that no PoolService has is nobody's")
    func unknown() throws {
        let found = try verdicts(service(), poolServices: [both[0]])
        #expect(found[0].refusal == nil)
        #expect(found[1].refusal?.reason == .noPoolService)
        #expect(try verdicts(service(), poolServices: [])[0].refusal?.message.hasSuffix("none is known") == true)
    }

    @Test("a Service that is not divided has nothing to do with PoolServices, nor without the annotations with pools")
    func undivided() throws {
        let found = try verdicts(service(isDivided: false), poolServices: [])
        #expect(found.map(\.candidates.count) == [4, 4])
        #expect(
            NodePoolFacts(service(isDivided: false), poolServices: both, endpoints: .init(), nodePool: { _ in nil })
                == nil)
    }

    @Test(
        "topologyKeys keeps traffic in the pool: a pool without endpoint has no candidate",
        arguments: ["openyurt.io/nodepool", "kubernetes.io/zone"])
    func poolTopology(value: String) throws {
        let keys = ["openyurt.io/topologyKeys": value]
        #expect(try verdicts(service(keys)).map { $0.candidates.keys.sorted() } == [["s1", "s2"], ["p1"]])
        let found = try verdicts(service(keys), endpoints: ["s2"])
        #expect(found.map { $0.candidates.keys.sorted() } == [["s1", "s2"], []])
        #expect(found[1].refusedNodes["p1"]?.reason == .noServingEndpoint)
        #expect(found[1].refusedNodes["p1"]?.message.contains("node pool plant has no endpoint") == true)
        // A node without a pool is a pool by itself.
        let plain = try verdicts(service(keys, isDivided: false), endpoints: ["cloud1"])
        #expect(plain[0].candidates.keys.sorted() == ["cloud1"])
        #expect(
            try verdicts(service(keys, isDivided: false), endpoints: ["s1"])[0].candidates.keys.sorted() == [
                "s1", "s2",
            ])
    }

    @Test("topologyKeys on the hostname keeps it on the node; a value that YurtHub does not know means nothing")
    func nodeTopology() throws {
        let found = try verdicts(service(["openyurt.io/topologyKeys": "kubernetes.io/hostname"]))
        #expect(found.map { $0.candidates.keys.sorted() } == [["s1"], ["p1"]])
        #expect(found[0].refusedNodes["s2"]?.reason == .noLocalEndpoint)
        #expect(
            try verdicts(service(["openyurt.io/topologyKeys": "*"]), endpoints: ["s1"])[1].candidates.keys.sorted() == [
                "p1"
            ])
    }

    @Test("a pool without nodes is said to be so; where its nodes' reasons differ all are named")
    func nobody() throws {
        let foreign = Self.poolService("kiosk", Self.vips[1])
        let found = try verdicts(service(), poolServices: [both[0], foreign])
        #expect(found[1].refusal?.reason == .noEligibleNode)
        #expect(found[1].refusal?.message == "no node is in node pool kiosk")
        var local = service(["openyurt.io/topologyKeys": "kubernetes.io/hostname"])
        local.spec.externalTrafficPolicy = "Local"
        let mixed = try verdicts(local, endpoints: ["p1"])
        #expect(mixed[0].refusal?.reason == .noLocalEndpoint)
    }

    @Test("a Service that YurtHub hides from kube-proxy leaves its address without a data path there")
    func hidden() throws {
        let listening = try verdicts(service(["nodeport.openyurt.io/listen": "shop"]))
        #expect(listening.map { $0.candidates.keys.sorted() } == [["s1", "s2"], []])
        #expect(listening[1].refusedNodes["p1"]?.reason == .dataPlaneNotReady)
        #expect(listening[1].refusedNodes["p1"]?.message.contains("nodeport.openyurt.io/listen (shop)") == true)
        #expect(listening[1].refusal == listening[1].refusedNodes["p1"], "told in an event, with the annotation")
        let discarded = try verdicts(service(["svc.openyurt.io/discard": "true"], isDivided: false))
        #expect(discarded[0].candidates.keys.sorted() == ["cloud1"])
    }

    @Test(
        "the list of listening pools, as YurtHub reads it",
        arguments: [
            ("shop", true, false), ("shop, plant", true, true), ("*", true, true), ("-shop,*", false, true),
            ("*,-shop", false, true), ("-shop", false, false), ("shop,-shop", true, false),
            ("-shop,shop", false, false),
            ("-*,*", false, false), (",", false, false),
        ] as [(String, Bool, Bool)])
    func listeners(text: String, shop: Bool, plant: Bool) {
        #expect(NodePoolList(text).admits("shop") == shop)
        #expect(NodePoolList(text).admits("plant") == plant)
    }

    @Test("by BGP the same nodes announce, and with the same reasons")
    func bgp() throws {
        let address = try #require(IPAddress(Self.vips[0]))
        let configuration = try #require(
            Configuration.resolve(
                ConfigurationResources(
                    pools: [
                        IPAddressPool(metadata: ObjectMeta(name: "lan"), spec: .init(addresses: ["192.168.122.0/24"]))
                    ],
                    bgpAdvertisements: [BGPAdvertisement(metadata: ObjectMeta(name: "all"))])
            ).configuration)
        let endpoints = ServingEndpoints([
            EndpointSlice(
                metadata: ObjectMeta(name: "web-1"), endpoints: [.init(addresses: ["10.244.0.2"], nodeName: "s1")])
        ])
        let facts = NodePoolFacts(service(), poolServices: both, endpoints: endpoints) { _ in nil }
        for node in nodes {
            let rules = BGPEligibility(configuration: configuration, node: node, policy: .init())
            let verdict = rules.verdict(
                for: address, of: ServiceFacts(service(), endpoints: endpoints, node: node.name, nodePools: facts))
            if case .refuse(let refusal) = verdict {
                #expect(refusal.reason == Reason.otherNodePool)
                #expect(!node.name.hasPrefix("s"))
            } else {
                #expect(node.name.hasPrefix("s"))
            }
        }
    }

    @Test("classes: OpenYurt's own count for divided Services only, ours for both")
    func classes() {
        var policy = Layer2Eligibility.Policy(loadBalancerClass: "toono.io/edge")
        var divided = service()
        #expect(policy.serves(divided))
        divided.metadata.annotations = [:]
        #expect(!policy.serves(divided), "nobody gives it an address by PoolServices")
        divided.spec.loadBalancerClass = "toono.io/edge"
        #expect(policy.serves(divided))
        policy.poolServiceClasses = []
        #expect(!policy.serves(service()))
    }
}
