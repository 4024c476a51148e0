import Allocation
import ClusterConfiguration
import KubernetesObjects
import Reasons
import Testing

/// How a Service asks for a pinned pool, or for the address in it.
enum PinnedWish: CaseIterable, Sendable {
    case automatic, pool, address

    var annotations: [String: String] {
        switch self {
        case .automatic: [:]
        case .pool: ["metallb.io/address-pool": "pinned"]
        case .address: ["metallb.io/loadBalancerIPs": "203.0.113.1"]
        }
    }
}

@Suite("Whom a pinned pool is for")
struct PoolAdmissionTests {
    /// What a pool is pinned to, and whether it is for a Service with `tier=edge` in the namespace `shop` with `team=a`.
    struct Pin: Sendable, CustomTestStringConvertible {
        var allocation: AddressPool.ServiceAllocation
        var admits: Bool
        var testDescription: String

        init(_ name: String, _ admits: Bool, _ allocation: AddressPool.ServiceAllocation) {
            testDescription = name
            self.admits = admits
            self.allocation = allocation
        }
    }

    private static func labels(_ key: String, _ value: String) -> LabelSelector {
        LabelSelector(matchLabels: [key: value])
    }

    static let pins: [Pin] = [
        Pin("nothing but a priority", true, .init(priority: 1)),
        Pin("its namespace", true, .init(namespaces: ["shop"])),
        Pin("another namespace", false, .init(namespaces: ["default"])),
        Pin("two namespaces", true, .init(namespaces: ["default", "shop"])),
        Pin("its namespace's labels", true, .init(namespaceSelectors: [labels("team", "a")])),
        Pin("labels of no namespace", false, .init(namespaceSelectors: [labels("team", "b")])),
        Pin(
            "another namespace or its labels", true,
            .init(namespaces: ["default"], namespaceSelectors: [labels("team", "a")])),
        Pin("its labels", true, .init(serviceSelectors: [labels("tier", "edge")])),
        Pin("other labels", false, .init(serviceSelectors: [labels("tier", "core")])),
        Pin(
            "other labels or its own", true,
            .init(serviceSelectors: [labels("tier", "core"), labels("tier", "edge")])),
        Pin("its namespace and labels", true, .init(namespaces: ["shop"], serviceSelectors: [labels("tier", "edge")])),
        Pin(
            "its namespace and other labels", false,
            .init(namespaces: ["shop"], serviceSelectors: [labels("tier", "core")])),
        Pin(
            "another namespace and its labels", false,
            .init(namespaces: ["default"], serviceSelectors: [labels("tier", "edge")])),
    ]

    @Test(
        "a pinned pool serves whom it is pinned to before others do, and nobody else, however it is asked for",
        arguments: pins, PinnedWish.allCases)
    func pinned(pin: Pin, wish: PinnedWish) throws {
        var cluster = Cluster([
            try pool("open", "192.0.2.1/32"), try pool("pinned", "203.0.113.1/32", pinned: pin.allocation),
        ])
        cluster.setNamespace("shop", ["team": "a"])
        let service = service("s", namespace: "shop", annotations: wish.annotations) {
            $0.metadata.labels = ["tier": "edge"]
        }
        cluster.apply(service)
        let answer = try #require(cluster.decisions[service.key])
        let otherwise = wish == .automatic ? "192.0.2.1" : "noPool"
        #expect(answer.text == (pin.admits ? "203.0.113.1" : otherwise))
    }

    @Test(
        "a pinned pool with autoAssign false is for its Services on request only", arguments: PinnedWish.allCases)
    func onRequest(wish: PinnedWish) throws {
        var cluster = Cluster([
            try pool("open", "192.0.2.1/32"),
            try pool("pinned", "203.0.113.1/32", autoAssign: false, pinned: .init(priority: 1, namespaces: ["shop"])),
        ])
        let service = service("s", namespace: "shop", annotations: wish.annotations)
        cluster.apply(service)
        #expect(cluster.decisions[service.key]?.text == (wish == .automatic ? "192.0.2.1" : "203.0.113.1"))
    }

    @Test("a Service that a full pinned pool is for falls back to the open ones")
    func fallsBack() throws {
        var cluster = Cluster([
            try pool("open", "192.0.2.1/32"),
            try pool("pinned", "203.0.113.1/32", pinned: .init(priority: 1, namespaces: ["shop"])),
        ])
        for (name, address) in [("a", "203.0.113.1"), ("b", "192.0.2.1"), ("c", "poolExhausted")] {
            let service = service(name, namespace: "shop")
            cluster.apply(service)
            #expect(cluster.decisions[service.key]?.text == address)
        }
    }
}
