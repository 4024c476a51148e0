import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons
import Testing

@Suite("Whether a node may announce by BGP")
struct BGPEligibilityTests {
    let address = IPAddress(v4: 0x0A14_1E01)
    let edge = NodeFacts(name: "edge1", labels: ["site": "a"])

    func rules(
        _ advertisements: BGPAdvertisement.Spec..., node: NodeFacts? = nil, policy: BGPEligibility.Policy = .init()
    ) throws -> BGPEligibility {
        let configuration = try #require(
            Configuration.resolve(
                ConfigurationResources(
                    pools: [
                        IPAddressPool(metadata: ObjectMeta(name: "a"), spec: .init(addresses: ["10.20.30.0/24"])),
                        IPAddressPool(metadata: ObjectMeta(name: "b"), spec: .init(addresses: ["10.20.31.0/24"])),
                    ],
                    bgpAdvertisements: advertisements.enumerated().map {
                        BGPAdvertisement(metadata: ObjectMeta(name: "ad\($0.offset)"), spec: $0.element)
                    })
            ).configuration)
        return BGPEligibility(configuration: configuration, node: node ?? edge, policy: policy)
    }

    func service(
        _ endpoints: ServiceFacts.Endpoints = .here, local: Bool = false, labels: [String: String] = [:]
    ) -> ServiceFacts {
        ServiceFacts(addresses: [address], labels: labels, hasLocalTrafficPolicy: local, endpoints: endpoints)
    }

    @Test(
        "endpoints anywhere are enough under Cluster, and one on the node is needed under Local",
        arguments: [
            (false, .none, .noServingEndpoint), (false, .elsewhere, nil), (false, .here, nil),
            (true, .none, .noServingEndpoint), (true, .elsewhere, .noLocalEndpoint), (true, .here, nil),
        ] as [(Bool, ServiceFacts.Endpoints, Reason?)])
    func endpoints(local: Bool, endpoints: ServiceFacts.Endpoints, reason: Reason?) throws {
        let verdict = try rules(.init()).verdict(for: address, of: service(endpoints, local: local))
        #expect(verdict.reason == reason)
    }

    @Test(
        "the exclude label and NetworkUnavailable keep a node out, the label only if it is looked at",
        arguments: [
            (true, false, false, .nodeExcluded), (true, false, true, nil), (false, true, false, .networkUnavailable),
            (false, true, true, .networkUnavailable), (false, false, false, nil),
        ] as [(Bool, Bool, Bool, Reason?)])
    func node(isExcluded: Bool, isUnavailable: Bool, ignores: Bool, reason: Reason?) throws {
        let node = NodeFacts(name: "edge1", isNetworkUnavailable: isUnavailable, isExcluded: isExcluded)
        let rules = try rules(.init(), node: node, policy: .init(ignoresExcludeLabel: ignores))
        #expect(rules.verdict(for: address, of: service()).reason == reason)
    }

    @Test("an advertisement counts if it selects pool, Service and node")
    func selection() throws {
        let elsewhere = [LabelSelector(matchLabels: ["site": "b"])]
        let database = [LabelSelector(matchLabels: ["app": "db"])]
        #expect(try rules().verdict(for: address, of: service()).reason == .noAdvertisement)
        #expect(
            try rules(.init(ipAddressPools: ["b"])).verdict(for: address, of: service()).reason == .noAdvertisement)
        #expect(
            try rules(.init(serviceSelectors: database)).verdict(for: address, of: service()).reason
                == .noAdvertisement)
        #expect(
            try rules(.init(nodeSelectors: elsewhere)).verdict(for: address, of: service()).reason == .nodeExcluded)
        let all = try rules(
            .init(ipAddressPools: ["a"]), .init(localPref: 7, nodeSelectors: elsewhere),
            .init(localPref: 0, serviceSelectors: database), .init(ipAddressPools: ["b"]))
        #expect(all.verdict(for: address, of: service(labels: ["app": "db"])).names == ["ad0", "ad2"])
        #expect(all.verdict(for: address, of: service()).names == ["ad0"])
        let stray = IPAddress(v4: 1)
        #expect(all.verdict(for: stray, of: service()).reason == .addressNotInPool)
    }

    @Test("a healthy endpoint that another slice calls unhealthy counts")
    func healthyTwice() {
        let endpoints = [true, false].map { isReady in
            EndpointSlice(
                metadata: ObjectMeta(name: isReady ? "s1" : "s2"),
                endpoints: [
                    .init(addresses: ["10.0.0.1"], conditions: .init(ready: isReady), nodeName: "edge1")
                ])
        }
        let service = Service(metadata: ObjectMeta(name: "web"), spec: .init(type: "LoadBalancer"))
        #expect(ServiceFacts(service, endpoints: ServingEndpoints(endpoints), node: "edge1").endpoints == .here)
        #expect(ServiceFacts(service, endpoints: ServingEndpoints(endpoints), node: "edge2").endpoints == .elsewhere)
    }

    @Test("addresses of the status count once each, names and nonsense not at all")
    func addresses() {
        var service = Service(metadata: ObjectMeta(name: "web"), spec: .init(type: "LoadBalancer"))
        service.status.loadBalancer = .init(ingress: [
            .init(ip: "10.20.30.1"), .init(hostname: "web.example"), .init(ip: "2001:db8::1"), .init(ip: "10.20.30.1"),
            .init(ip: "nonsense"),
        ])
        #expect(
            ServiceFacts(service, endpoints: ServingEndpoints(), node: "n").addresses.map(\.description) == [
                "10.20.30.1", "2001:db8::1",
            ])
    }
}

extension BGPEligibility.Verdict {
    fileprivate var reason: Reason? { if case .refuse(let refusal) = self { refusal.reason } else { nil } }
    fileprivate var names: [String] { if case .announce(let all) = self { all.map(\.name) } else { [] } }
}
