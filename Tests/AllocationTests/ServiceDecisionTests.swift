import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects
import Reasons
import Testing

/// One Service, from what its object says to what its status says afterwards.
struct Decision: Sendable, CustomTestStringConvertible {
    var name: String
    var service: Service
    var expected: String
    var retention: Reason?

    /// - Parameters:
    ///   - expected: the addresses, or the reason for none, or `clear`.
    ///   - losing: why it may not keep what its status said.
    init(_ name: String, _ expected: String, losing: Reason? = nil, _ service: Service) {
        self.name = name
        self.service = service
        self.expected = expected
        retention = losing
    }

    var testDescription: String { name }
}

private let dual = ["10.96.0.1", "fd00::1"]

private let withoutClusterAddress: @Sendable (inout Service) -> Void = {
    $0.spec.clusterIPs = []
    $0.spec.clusterIP = nil
}

private func dualStack(_ policy: String, _ clusterIPs: [String] = dual) -> (inout Service) -> Void {
    {
        $0.spec.ipFamilyPolicy = policy
        $0.spec.clusterIPs = clusterIPs
    }
}

/// What MetalLB's controller is tested with, and the answers of 3.2 to 3.5.
private let decisions: [Decision] = [
    Decision("a simple Service", "192.0.2.1", service("s")),
    Decision("not a LoadBalancer", "clear", service("s") { $0.spec.type = "ClusterIP" }),
    Decision("a former LoadBalancer", "clear", service("s", ingress: ["192.0.2.1"]) { $0.spec.type = "NodePort" }),
    Decision("no cluster address yet", "clear", service("s", withoutClusterAddress)),
    Decision("no cluster address any more", "clear", service("s", ingress: ["192.0.2.1"], withoutClusterAddress)),
    Decision("headless", "familyMismatch", service("s") { $0.spec.clusterIPs = ["None"] }),
    Decision(
        "an old server, which knows clusterIP alone", "192.0.2.1",
        service("s") {
            $0.spec.clusterIPs = nil
            $0.spec.clusterIP = "10.96.0.1"
        }),
    Decision("the class of another one", "clear", service("s") { $0.spec.loadBalancerClass = "other" }),
    Decision(
        "a class that leaves us", "clear", service("s", ingress: ["192.0.2.1"]) { $0.spec.loadBalancerClass = "other" }),

    Decision("an address by spec", "192.0.2.3", service("s") { $0.spec.loadBalancerIP = "192.0.2.3" }),
    Decision(
        "an address by annotation", "192.0.2.3", service("s", annotations: ["metallb.io/loadBalancerIPs": "192.0.2.3"])),
    Decision(
        "an address by the old annotation", "192.0.2.3",
        service("s", annotations: ["metallb.universe.tf/loadBalancerIPs": "192.0.2.3"])),
    Decision(
        "an address by both", "configurationInvalid",
        service("s", annotations: ["metallb.io/loadBalancerIPs": "192.0.2.3"]) { $0.spec.loadBalancerIP = "192.0.2.3" }),
    Decision("no address at all", "configurationInvalid", service("s") { $0.spec.loadBalancerIP = "web.example" }),
    Decision(
        "an unreadable wish of one who has an address", "192.0.2.4",
        service("s", ingress: ["192.0.2.4"]) { $0.spec.loadBalancerIP = "web.example" }),
    Decision("an address of no pool", "addressNotInPool", service("s") { $0.spec.loadBalancerIP = "203.0.113.1" }),
    Decision(
        "an address and the pool that does not own it", "addressNotInPool",
        service(
            "s", annotations: ["metallb.io/loadBalancerIPs": "192.0.2.3", "metallb.io/address-pool": "six"])),
    Decision(
        "an address and its own pool", "192.0.2.3",
        service(
            "s", annotations: ["metallb.io/loadBalancerIPs": "192.0.2.3", "metallb.io/address-pool": "default"])),
    Decision(
        "two addresses of one family", "familyMismatch",
        service("s", annotations: ["metallb.io/loadBalancerIPs": "192.0.2.3,192.0.2.4"])),
    Decision(
        "an address of the wrong family", "familyMismatch", service("s") { $0.spec.loadBalancerIP = "2001:db8::1" }),
    Decision(
        "one address for two families", "familyMismatch",
        service("s", annotations: ["metallb.io/loadBalancerIPs": "192.0.2.3"], dualStack("PreferDualStack"))),
    Decision(
        "an address of each family, in whatever order", "198.51.100.2 2001:db8:1::2",
        service(
            "s", annotations: ["metallb.io/loadBalancerIPs": "2001:db8:1::2, 198.51.100.2"],
            dualStack("PreferDualStack"))),

    Decision(
        "a pool by name", "2001:db8::1",
        service("s", annotations: ["metallb.io/address-pool": "six"]) {
            $0.spec.clusterIPs = ["fd00::1"]
        }),
    Decision(
        "a pool without the family", "familyMismatch", service("s", annotations: ["metallb.io/address-pool": "six"])),
    Decision(
        "a pool that assigns on request only", "198.51.100.1",
        service("s", annotations: ["metallb.io/address-pool": "both"])),
    Decision("a pool that there is not", "noPool", service("s", annotations: ["metallb.io/address-pool": "none"])),
    Decision(
        "another pool than the one it has", "198.51.100.1",
        service("s", annotations: ["metallb.io/address-pool": "both"], ingress: ["192.0.2.1"])),
    Decision(
        "another address than the one it has", "192.0.2.5",
        service("s", ingress: ["192.0.2.1"]) { $0.spec.loadBalancerIP = "192.0.2.5" }),

    Decision("text in the status", "192.0.2.1", service("s", ingress: ["none"])),
    Decision(
        "a host name in the status", "192.0.2.1",
        service("s") { $0.status.loadBalancer = .init(ingress: [.init(hostname: "lb.example")]) }),
    Decision(
        "a host name beside an address in the status", "192.0.2.4",
        service("s") {
            $0.status.loadBalancer = .init(ingress: [.init(hostname: "lb.example"), .init(ip: "192.0.2.4")])
        }),
    Decision(
        "an address in the status that no pool has", "192.0.2.1", losing: .addressNotInPool,
        service("s", ingress: ["203.0.113.1"])),
    Decision(
        "an address in the status of another family", "192.0.2.1", losing: .familyMismatch,
        service("s", ingress: ["2001:db8::1"])),
    Decision(
        "two addresses in the status of a single-stack Service", "192.0.2.2",
        service("s", ingress: ["192.0.2.2", "192.0.2.3"])),

    Decision(
        "dual stack preferred", "198.51.100.1 2001:db8:1::1",
        service("s", annotations: ["metallb.io/address-pool": "both"], dualStack("PreferDualStack"))),
    Decision(
        "dual stack preferred, with IPv6 first", "2001:db8:1::1 198.51.100.1",
        service(
            "s", annotations: ["metallb.io/address-pool": "both"],
            dualStack("PreferDualStack", ["fd00::1", "10.96.0.1"]))),
    Decision("dual stack preferred, of pools of one family", "192.0.2.1", service("s", dualStack("PreferDualStack"))),
    Decision(
        "dual stack required, of pools of one family", "familyMismatch", service("s", dualStack("RequireDualStack"))),
    Decision(
        "dual stack required, of a pool of both", "198.51.100.1 2001:db8:1::1",
        service("s", annotations: ["metallb.io/address-pool": "both"], dualStack("RequireDualStack"))),
    Decision(
        "dual stack required with one cluster address", "familyMismatch",
        service("s", dualStack("RequireDualStack", ["10.96.0.1"]))),
    Decision(
        "dual stack preferred with one cluster address", "192.0.2.1",
        service("s", dualStack("PreferDualStack", ["10.96.0.1"]))),
    Decision(
        "a second family for one who has one address", "198.51.100.7 2001:db8:1::1",
        service("s", ingress: ["198.51.100.7"], dualStack("PreferDualStack"))),
    Decision(
        "one who has one address and requires two moves to a pool with both", "198.51.100.1 2001:db8:1::1",
        service(
            "s", annotations: ["metallb.io/address-pool": "both"], ingress: ["192.0.2.7"], dualStack("RequireDualStack")
        )),

    Decision("a pool pinned to its namespace comes first", "203.0.113.65", service("s", namespace: "shop")),
    Decision(
        "a pool pinned to its labels comes first", "203.0.113.129",
        service("s") { $0.metadata.labels = ["tier": "edge"] }),
    Decision(
        "of two pinned pools the one with the lower number comes first", "203.0.113.129",
        service("s", namespace: "shop") { $0.metadata.labels = ["tier": "edge"] }),
    Decision(
        "a pool pinned to other namespaces, by name", "noPool",
        service("s", annotations: ["metallb.io/address-pool": "shop"])),
    Decision(
        "an address of a pool pinned to other namespaces", "noPool",
        service("s") { $0.spec.loadBalancerIP = "203.0.113.65" }),
    Decision(
        "an address in the status of a pool pinned to other namespaces", "192.0.2.1", losing: .noPool,
        service("s", ingress: ["203.0.113.65"])),
]

@Suite("From a Service's object to its addresses")
struct ServiceDecisionTests {
    static func pools() throws -> [AddressPool] {
        [
            try pool("both", "198.51.100.1-198.51.100.9", "2001:db8:1::1-2001:db8:1::9", autoAssign: false),
            try pool("default", "192.0.2.1-192.0.2.9"),
            try pool(
                "edge", "203.0.113.129-203.0.113.130",
                pinned: .init(priority: 5, serviceSelectors: [LabelSelector(matchLabels: ["tier": "edge"])])),
            try pool("shop", "203.0.113.65-203.0.113.66", pinned: .init(priority: 10, namespaces: ["shop"])),
            try pool("six", "2001:db8::1-2001:db8::9"),
        ]
    }

    @Test("each Service gets what the rules say, and its status nothing else", arguments: decisions)
    func decides(decision: Decision) throws {
        var cluster = Cluster(try Self.pools())
        cluster.apply(decision.service)
        let key = decision.service.key
        let answer = try #require(cluster.decisions[key])
        #expect(answer.text == decision.expected)
        #expect(answer.replacing?.reason == decision.retention)
        #expect(cluster.addresses(key) == (answer.grant?.addresses.map(\.description) ?? []))
        #expect(cluster.allocator.assignmentCount == (answer.grant == nil ? 0 : 1))
        // Said once more, and by another process, it is the same.
        let settled = cluster.services
        cluster.edit(key) { _ in }
        #expect(cluster.services == settled)
        cluster.restart()
        #expect(cluster.services == settled)
    }

    @Test(
        "an exhausted pool hands over to who waits, in each family and in both",
        arguments: [["10.96.0.1"], ["fd00::1"], ["10.96.0.1", "fd00::1"]])
    func handsOver(clusterIPs: [String]) throws {
        var cluster = Cluster([try pool("p", "192.0.2.1/32", "2001:db8::1/128")])
        for name in ["a", "b"] {
            cluster.apply(
                service(name) {
                    $0.spec.clusterIPs = clusterIPs
                    $0.spec.ipFamilyPolicy = clusterIPs.count == 2 ? "RequireDualStack" : nil
                })
        }
        let (a, b) = (ObjectKey(namespace: "default", name: "a"), ObjectKey(namespace: "default", name: "b"))
        let had = cluster.addresses(a)
        #expect(had.count == clusterIPs.count)
        #expect(cluster.decisions[b]?.refusal?.reason == .poolExhausted)
        cluster.delete(a)
        #expect(cluster.addresses(b) == had)
    }

    @Test("a pool's numbers follow every step")
    func counts() throws {
        var cluster = Cluster([try pool("p", "192.0.2.0/24", "2001:db8::/120")])
        var numbers: [Int64] { cluster.allocator.usage.flatMap { [$0.assignedIPv4, $0.assignedIPv6] } }
        let shared = ["metallb.io/allow-shared-ip": "k"]
        cluster.apply(service("a", annotations: shared))
        #expect(numbers == [1, 0])
        cluster.apply(service("b", annotations: shared) { $0.spec.ports = [.init(port: 443)] })
        #expect(numbers == [1, 0])
        cluster.apply(service("c") { $0.spec.clusterIPs = dual })
        #expect(numbers == [2, 1])
        cluster.delete(ObjectKey(namespace: "default", name: "a"))
        #expect(numbers == [2, 1])
        cluster.edit(ObjectKey(namespace: "default", name: "c")) { $0.spec.type = "ClusterIP" }
        #expect(numbers == [1, 0])
        cluster.delete(ObjectKey(namespace: "default", name: "b"))
        #expect(numbers == [0, 0])
        #expect(cluster.allocator.usage(of: "p")?.availableIPv4 == 256)
    }

    @Test(
        "with a class of our own, a Service that changes its type or class is released (MetalLB: kept until a restart)")
    func leavesClass() throws {
        for leave: (inout Service) -> Void in [
            { $0.spec.loadBalancerClass = "other" }, { $0.spec.loadBalancerClass = nil },
            {
                // The API server wipes the class together with the type.
                $0.spec.type = "ClusterIP"
                $0.spec.loadBalancerClass = nil
            },
        ] {
            var cluster = Cluster([try pool("p", "192.0.2.1/32")], loadBalancerClass: "ours")
            cluster.apply(service("a") { $0.spec.loadBalancerClass = "ours" })
            cluster.apply(service("b") { $0.spec.loadBalancerClass = "ours" })
            #expect(cluster.addresses(ObjectKey(namespace: "default", name: "a")) == ["192.0.2.1"])
            cluster.edit(ObjectKey(namespace: "default", name: "a"), leave)
            #expect(cluster.addresses(ObjectKey(namespace: "default", name: "a")) == [])
            #expect(cluster.addresses(ObjectKey(namespace: "default", name: "b")) == ["192.0.2.1"])
        }
    }

    @Test("namespace labels that change move a Service out of a pool that is no longer for it")
    func namespaceLabels() throws {
        let team = LabelSelector(matchLabels: ["team": "a"])
        var cluster = Cluster([
            try pool("open", "192.0.2.1/32"),
            try pool("team", "203.0.113.1/32", pinned: .init(priority: 1, namespaceSelectors: [team])),
        ])
        let key = ObjectKey(namespace: "default", name: "s")
        cluster.setNamespace("default", ["team": "a"])
        cluster.apply(service("s"))
        #expect(cluster.addresses(key) == ["203.0.113.1"])
        cluster.setNamespace("default", ["team": "b"])
        #expect(cluster.addresses(key) == ["192.0.2.1"])
        cluster.setNamespace("default", ["team": "a"])
        #expect(cluster.addresses(key) == ["192.0.2.1"], "a more preferred pool moves nobody")
    }

    @Test("equal priorities go by name, however often and in whatever order pools come (MetalLB: an undefined order)")
    func tiesAreStable() throws {
        let names = ["d", "b", "e", "a", "c"]
        for turn in 0..<5 {
            let order = names[turn...] + names[..<turn]
            let pools = try order.map { name in
                try pool(name, "10.0.\(name.utf8.first ?? 0).1/32", pinned: .init(priority: 7))
            }
            var cluster = Cluster(pools)
            cluster.apply(service("s"))
            #expect(cluster.decisions[ObjectKey(namespace: "default", name: "s")]?.grant?.pool == "a")
        }
    }
}
