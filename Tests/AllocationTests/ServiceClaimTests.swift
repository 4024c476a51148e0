import Addresses
import Allocation
import KubernetesObjects
import Reasons
import Testing

@Suite("Reading a Service")
struct ServiceClaimTests {
    func claim(
        class served: String? = nil, annotations: [String: String] = [:], clusterIPs: [String] = ["10.96.0.1"],
        _ change: (inout Service) -> Void = { _ in }
    ) -> ServiceClaim {
        var service = Service(
            metadata: ObjectMeta(name: "web", namespace: "shop", annotations: annotations),
            spec: .init(type: "LoadBalancer", clusterIPs: clusterIPs, ports: [.init(port: 80)]))
        change(&service)
        return ServiceClaim(service, namespaceLabels: nil, loadBalancerClass: served)
    }

    func wish(_ annotations: [String: String], loadBalancerIP: String? = nil) -> ServiceRequest.Wish? {
        guard case .request(let request) = claim(annotations: annotations, { $0.spec.loadBalancerIP = loadBalancerIP })
        else { return nil }
        return request.wish
    }

    @Test("a Service of another type claims nothing, whatever its class has become")
    func otherType() {
        #expect(claim { $0.spec.type = "ClusterIP" } == .unclaimed(.notLoadBalancer))
        #expect(claim(class: "toono.io/l2") { $0.spec.type = "NodePort" } == .unclaimed(.notLoadBalancer))
    }

    @Test("a Service without cluster address waits; a headless one is refused")
    func clusterAddress() {
        #expect(claim(clusterIPs: []) == .unclaimed(.noClusterAddress))
        guard case .unentitled(let refusal) = claim(clusterIPs: ["None"]) else { return #expect(Bool(false)) }
        #expect(refusal.stage == .families)
    }

    @Test("without a class we serve Services without one; with a class exactly those")
    func classes() {
        for (own, served, isOurs) in [
            (nil, nil, true), ("a", nil, false), (nil, "a", false), ("a", "a", true), ("a", "b", false),
        ] as [(String?, String?, Bool)] {
            let claim = claim(class: served) { $0.spec.loadBalancerClass = own }
            if case .foreign(let refusal) = claim {
                #expect(!isOurs)
                #expect(refusal.reason == .classNotOurs)
            } else {
                #expect(isOurs)
            }
        }
    }

    @Test("a Service whose status OpenYurt's load-balancer-set controller writes asks for nothing itself")
    func loadBalancerSet() {
        let claim = claim(class: "a", annotations: ["service.openyurt.io/nodepool-labelselector": "zone=x"]) {
            $0.spec.loadBalancerClass = "a"
        }
        #expect(claim == .unclaimed(.divided))
    }

    @Test("RequireDualStack with one cluster address is refused at its own stage")
    func requireDualStack() {
        let claim = claim { $0.spec.ipFamilyPolicy = "RequireDualStack" }
        guard case .unentitled(let refusal) = claim else { return #expect(Bool(false)) }
        #expect(refusal.stage == .dualStack)
    }

    @Test("the families are those of the cluster addresses, in their order")
    func families() {
        guard case .request(let request) = claim(clusterIPs: ["fd00::1", "10.96.0.1"]) else {
            return #expect(Bool(false))
        }
        #expect(request.families == [.ipv6, .ipv4])
    }

    @Test(
        "wishes, under the new prefix and the old",
        arguments: ["metallb.io/", "metallb.universe.tf/"])
    func wishes(prefix: String) throws {
        let v4 = try #require(IPAddress("192.0.2.1"))
        let v6 = try #require(IPAddress("2001:db8::1"))
        #expect(wish([:]) == .automatic)
        #expect(wish([prefix + "address-pool": "p"]) == .pool("p"))
        #expect(wish([prefix + "loadBalancerIPs": "192.0.2.1"]) == .addresses([v4], pool: nil))
        #expect(wish([prefix + "loadBalancerIPs": " 192.0.2.1 , 2001:db8::1"]) == .addresses([v4, v6], pool: nil))
        #expect(wish([prefix + "address-pool": "p"], loadBalancerIP: "192.0.2.1") == .addresses([v4], pool: "p"))
    }

    @Test("the new prefix wins over the old one, even with an empty value")
    func newPrefixWins() {
        #expect(wish(["metallb.io/address-pool": "new", "metallb.universe.tf/address-pool": "old"]) == .pool("new"))
        #expect(wish(["metallb.io/address-pool": "", "metallb.universe.tf/address-pool": "old"]) == .automatic)
    }

    @Test(
        "wishes that contradict themselves or do not parse are refused in words",
        arguments: [
            ("192.0.2.1", "192.0.2.1", Reason.configurationInvalid), ("192.0.2.1,192.0.2.2", nil, .familyMismatch),
            ("192.0.2", nil, .configurationInvalid), ("192.0.2.1,", nil, .configurationInvalid),
            ("192.0.2.1,2001:db8::1,192.0.2.3", nil, .familyMismatch), (nil, "web.example", .configurationInvalid),
        ] as [(String?, String?, Reason)])
    func unreadable(annotation: String?, single: String?, reason: Reason) {
        let annotations = annotation.map { ["metallb.io/loadBalancerIPs": $0] } ?? [:]
        guard case .unreadable(let refusal) = wish(annotations, loadBalancerIP: single) else {
            return #expect(Bool(false))
        }
        #expect(refusal.reason == reason)
        #expect(refusal.stage == .reading)
    }

    @Test("the backend is the selector under the Local policy only")
    func backend() throws {
        for (policy, backend) in [("Cluster", ""), ("Local", "app=web,tier=front")] {
            let claim = claim(annotations: ["metallb.io/allow-shared-ip": "k"]) {
                $0.spec.externalTrafficPolicy = policy
                $0.spec.selector = ["tier": "front", "app": "web"]
            }
            guard case .request(let request) = claim else { return #expect(Bool(false)) }
            #expect(request.terms == SharingTerms(key: "k", backend: backend, ports: [tcp80]))
        }
    }

    @Test("host names and text that is no address are told apart from addresses")
    func status() throws {
        let address = try #require(IPAddress("192.0.2.1"))
        let status = ServiceRequest.StatusAddresses([
            .init(ip: "192.0.2.1"), .init(hostname: "lb.example"), .init(ip: "none"),
        ])
        #expect(status == .init([address], hasForeignEntries: true))
    }

    @Test("annotations with the old prefix are named, once each")
    func deprecated() {
        let annotations = [
            "metallb.universe.tf/address-pool": "a", "metallb.universe.tf/allow-shared-ip": "b",
            "metallb.io/address-pool": "a", "metallb.universe.tf/unknown": "x",
        ]
        #expect(
            ServiceAnnotations.deprecatedKeys(in: annotations)
                == ["metallb.universe.tf/address-pool", "metallb.universe.tf/allow-shared-ip"])
    }
}
