import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons
import Testing

@Suite("Who may announce at layer 2")
struct Layer2EligibilityTests {
    static let edge = ["openyurt.io/is-edge-worker": "true"]

    let nodes = [
        NodeFacts(name: "edge1", labels: edge.merging(["rack": "a"]) { $1 }), NodeFacts(name: "edge2", labels: edge),
        NodeFacts(name: "cloud1"),
    ]

    func configuration(_ advertisements: Layer2Advertisement...) throws -> Configuration {
        let range = try #require(IPPrefix("192.168.122.88/29")?.range)
        return Configuration(
            pools: [AddressPool(name: "default", ranges: [range])], layer2Advertisements: advertisements)
    }

    func service(policy: String = "Cluster", ip: String = "192.168.122.90", class lbClass: String? = nil) -> Service {
        var service = Service(
            metadata: ObjectMeta(name: "web", namespace: "default", labels: ["app": "web"]),
            spec: .init(type: "LoadBalancer", clusterIPs: ["10.96.0.10"]))
        service.spec.externalTrafficPolicy = policy
        service.spec.loadBalancerClass = lbClass
        service.status.loadBalancer = .init(ingress: [.init(ip: ip)])
        return service
    }

    func endpoints(_ conditions: EndpointSlice.Conditions? = nil, on nodes: String...) -> ServingEndpoints {
        let list = nodes.map { EndpointSlice.Endpoint(addresses: ["10.244.0.2"], conditions: conditions, nodeName: $0) }
        return ServingEndpoints([EndpointSlice(metadata: ObjectMeta(name: "web-1"), endpoints: list)])
    }

    func verdict(
        _ service: Service, _ endpoints: ServingEndpoints, _ configuration: Configuration,
        policy: Layer2Eligibility.Policy = .init(),
        nodes: [NodeFacts]? = nil
    ) throws -> Layer2Eligibility.Verdict {
        let rules = Layer2Eligibility(configuration: configuration, nodes: nodes ?? self.nodes, policy: policy)
        return try #require(rules.verdicts(for: service, endpoints: endpoints).first)
    }

    @Test("without selectors every node is a candidate on all links")
    func everybody() throws {
        let verdict = try verdict(
            service(), endpoints(on: "edge1"), configuration(.init(name: "all", pools: ["default"])))
        #expect(verdict.candidates == ["edge1": .init(), "edge2": .init(), "cloud1": .init()])
        #expect(verdict.refusal == nil)
    }

    @Test("node selectors, the exclude label and NetworkUnavailable keep a node out, each with its reason")
    func keptOut() throws {
        let nodes = [
            NodeFacts(name: "edge1", labels: Self.edge), NodeFacts(name: "edge2", labels: Self.edge, isExcluded: true),
            NodeFacts(name: "edge3", labels: Self.edge, isNetworkUnavailable: true), NodeFacts(name: "cloud1"),
        ]
        let selecting = Layer2Advertisement(
            name: "edge", pools: ["default"], nodeSelectors: [.init(matchLabels: Self.edge)])
        let found = try verdict(service(), endpoints(on: "edge1"), configuration(selecting), nodes: nodes)
        #expect(found.candidates.keys.sorted() == ["edge1"])
        #expect(
            found.refusedNodes.mapValues(\.reason)
                == ["edge2": .nodeExcluded, "edge3": .networkUnavailable, "cloud1": .nodeExcluded])
        let lenient = try verdict(
            service(), endpoints(on: "edge1"), configuration(selecting), policy: .init(ignoresExcludeLabel: true),
            nodes: nodes)
        #expect(lenient.candidates.keys.sorted() == ["edge1", "edge2"])
    }

    @Test("under externalTrafficPolicy Local only nodes with an endpoint that can serve are candidates")
    func local() throws {
        let configuration = try configuration(.init(name: "all", pools: ["default"]))
        let found = try verdict(service(policy: "Local"), endpoints(on: "edge2"), configuration)
        #expect(found.candidates.keys.sorted() == ["edge2"])
        #expect(found.refusedNodes["edge1"]?.reason == .noLocalEndpoint)
        let nowhere = ServingEndpoints([
            EndpointSlice(metadata: ObjectMeta(name: "s"), endpoints: [.init(addresses: ["10.0.0.1"])])
        ])
        #expect(try verdict(service(policy: "Local"), nowhere, configuration).refusal?.reason == .noEligibleNode)
    }

    @Test(
        "an endpoint can serve when it is ready or serving (metallb.md 3.6)",
        arguments: [
            (nil, nil, true), (true, nil, true), (false, nil, false), (false, true, true), (false, false, false),
            (true, false, true),
        ] as [(Bool?, Bool?, Bool)])
    func serving(ready: Bool?, serving: Bool?, expected: Bool) throws {
        let found = try verdict(
            service(), endpoints(.init(ready: ready, serving: serving), on: "edge1"),
            configuration(.init(name: "all", pools: ["default"])))
        #expect((found.refusal == nil) == expected)
        if !expected { #expect(found.refusal?.reason == .noServingEndpoint) }
    }

    @Test("a pool that nothing advertises, and an address in no pool, are refused with the reason")
    func notAdvertised() throws {
        #expect(try verdict(service(), endpoints(on: "edge1"), configuration()).refusal?.reason == .noAdvertisement)
        let other = Layer2Advertisement(
            name: "other", pools: ["default"], serviceSelectors: [.init(matchLabels: ["app": "db"])])
        #expect(
            try verdict(service(), endpoints(on: "edge1"), configuration(other)).refusal?.reason == .noAdvertisement)
        let foreign = try verdict(service(ip: "10.0.0.1"), endpoints(on: "edge1"), configuration(other))
        #expect(foreign.refusal?.reason == .addressNotInPool)
    }

    @Test(
        "a pool of BGP alone is left to it, but for what keeps all nodes from announcing",
        arguments: [
            // by an L2Advertisement, by a BGPAdvertisement for Services with the label app, of one with an endpoint
            (false, "web", true, Reason.noAdvertisement, true), (false, "web", false, .noServingEndpoint, false),
            (false, "db", true, .noAdvertisement, false), (true, "web", true, nil, false),
            // one whose node selectors admit no node
            (false, "nowhere", true, .noEligibleNode, false),
        ] as [(Bool, String, Bool, Reason?, Bool)])
    func leftToBGP(layer2: Bool, app: String, isServed: Bool, reason: Reason?, isLeft: Bool) throws {
        let configuration = try #require(
            Configuration.resolve(
                ConfigurationResources(
                    pools: [
                        .init(metadata: ObjectMeta(name: "default"), spec: .init(addresses: ["192.168.122.88/29"]))
                    ],
                    layer2Advertisements: layer2 ? [.init(metadata: ObjectMeta(name: "all"))] : [],
                    bgpAdvertisements: [
                        .init(
                            metadata: ObjectMeta(name: "routed"),
                            spec: .init(
                                nodeSelectors: app == "nowhere" ? [.init(matchLabels: ["site": "none"])] : [],
                                serviceSelectors: app == "nowhere" ? [] : [.init(matchLabels: ["app": app])]))
                    ])
            ).configuration)
        let found = try verdict(service(), isServed ? endpoints(on: "edge1") : endpoints(), configuration)
        #expect(found.refusal?.reason == reason)
        #expect(found.isLeftToBGP == isLeft)
    }

    @Test("interfaces of several advertisements add up, and one without any means all")
    func interfaces() throws {
        let one = Layer2Advertisement(name: "a", pools: ["default"], interfaces: ["eth0"])
        let two = Layer2Advertisement(name: "b", pools: ["default"], interfaces: ["eth1"])
        let all = Layer2Advertisement(name: "c", pools: ["default"])
        #expect(
            try verdict(service(), endpoints(on: "edge1"), configuration(one, two)).candidates["edge1"]?.interfaces == [
                "eth0", "eth1",
            ])
        #expect(
            try verdict(service(), endpoints(on: "edge1"), configuration(one, all, two)).candidates["edge1"]?.interfaces
                == nil)
    }

    @Test("the weights of matching preferences add up to a node's score")
    func score() throws {
        let rack = LabelSelector(matchLabels: ["rack": "a"])
        let one = Layer2Advertisement(
            name: "a", pools: ["default"],
            preferredNodeSelectors: [.init(weight: 10, preference: rack), .init(weight: 5, preference: .init())])
        let two = Layer2Advertisement(
            name: "b", pools: ["default"], preferredNodeSelectors: [.init(weight: 1, preference: rack)])
        let found = try verdict(service(), endpoints(on: "edge1"), configuration(one, two))
        #expect(found.candidates.mapValues(\.score) == ["edge1": 16, "edge2": 5, "cloud1": 5])
    }

    @Test(
        "an endpoint counts in whichever slice it stands, also beside one that says otherwise",
        arguments: [
            ([], []), (["edge1"], ["edge1"]), (["edge1", "edge2"], ["edge1", "edge2"]),
            (["edge2", "-edge1"], ["edge2"]), (["edge1", "-edge1"], ["edge1"]), (["-edge1", "edge1"], ["edge1"]),
            (["-edge1", "-edge2"], []),
        ] as [([String], [String])])
    func slices(nodes: [String], expected: [String]) throws {
        // One slice each; with a dash the endpoint cannot serve.
        let slices = nodes.enumerated().map { index, node in
            let isReady = !node.hasPrefix("-")
            let name = isReady ? node : String(node.dropFirst())
            return EndpointSlice(
                metadata: ObjectMeta(name: "web-\(index)"),
                endpoints: [.init(addresses: ["10.0.0.1"], conditions: .init(ready: isReady), nodeName: name)])
        }
        let found = try verdict(
            service(policy: "Local"), ServingEndpoints(slices), configuration(.init(name: "all", pools: ["default"])))
        #expect(found.candidates.keys.sorted() == expected)
    }

    @Test(
        "of several Service selectors one that matches is enough, and inside one all must",
        arguments: [
            ([["app": "web"]], true), ([["app": "db"], ["app": "web"]], true), ([["app": "db"], ["app": "x"]], false),
            ([["app": "web", "tier": "x"]], false), ([], true),
        ] as [([[String: String]], Bool)])
    func serviceSelectors(selectors: [[String: String]], matches: Bool) throws {
        let advertisement = Layer2Advertisement(
            name: "some", pools: ["default"], serviceSelectors: selectors.map { .init(matchLabels: $0) })
        let found = try verdict(service(), endpoints(on: "edge1"), configuration(advertisement))
        #expect(found.refusal?.reason == (matches ? nil : .noAdvertisement))
    }

    @Test(
        "a Service that shares its address may be selected by its labels (MetalLB: sharedIPWithServiceSelector)",
        arguments: ["metallb.io/", "metallb.universe.tf/"])
    func sharedAndSelected(prefix: String) throws {
        // MetalLB elects a node for each Service, and two of them for one address would not do. Ours own the address.
        var sharing = service()
        sharing.metadata.annotations[prefix + "allow-shared-ip"] = "k"
        let advertisement = Layer2Advertisement(
            name: "some", pools: ["default"], serviceSelectors: [.init(matchLabels: ["app": "web"])])
        let found = try verdict(sharing, endpoints(on: "edge1"), configuration(advertisement))
        #expect(found.refusal == nil)
        #expect(found.candidates.count == 3)
    }

    @Test("every node comes to the same candidates, in whatever order advertisements and nodes are known")
    func sameEverywhere() throws {
        let one = Layer2Advertisement(
            name: "a", pools: ["default"], nodeSelectors: [.init(matchLabels: ["rack": "a"])], interfaces: ["eth0"])
        let other = Layer2Advertisement(
            name: "b", pools: ["default"], nodeSelectors: [.init(matchLabels: Self.edge)], interfaces: ["eth1"])
        let expected: [String: Layer2Eligibility.Candidate] = [
            "edge1": .init(interfaces: ["eth0", "eth1"]), "edge2": .init(interfaces: ["eth1"]),
        ]
        for (first, second) in [(one, other), (other, one)] {
            for nodes in [nodes, nodes.reversed()] {
                let found = try verdict(
                    service(), endpoints(on: "cloud1"), configuration(first, second), nodes: nodes)
                #expect(found.candidates == expected)
            }
        }
    }

    @Test("a Service of another class, or of another type, is not ours")
    func notOurs() throws {
        let rules = Layer2Eligibility(
            configuration: try configuration(), nodes: nodes, policy: .init(loadBalancerClass: "toono.io/lb"))
        #expect(!rules.serves(service()))
        #expect(rules.serves(service(class: "toono.io/lb")))
        var former = service(class: "toono.io/lb")
        former.spec.type = "ClusterIP"
        #expect(rules.verdicts(for: former, endpoints: endpoints(on: "edge1")).isEmpty)
    }

    @Test("the node of a v1beta1 endpoint is found in its topology")
    func beta() {
        var endpoint = EndpointSlice.Endpoint(addresses: ["10.0.0.1"])
        endpoint.topology = ["kubernetes.io/hostname": "edge1"]
        #expect(
            ServingEndpoints([EndpointSlice(metadata: ObjectMeta(name: "s"), endpoints: [endpoint])]).nodes == ["edge1"]
        )
    }
}
