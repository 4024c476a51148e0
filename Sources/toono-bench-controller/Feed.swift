import Addresses
import Controller
import KubernetesClient
import KubernetesObjects

/// What the API tells a controller that starts.
enum Feed {
    /// Every list but that of the Services.
    static func everythingBut(servicesOf state: inout ControllerState) {
        let now = ContinuousClock.now
        var events: [ControllerEvent] = [
            .configMaps(.replaced([], unreadable: [], resourceVersion: "1")),
            .pools(.replaced(pools(ControllerBench.pools), unreadable: [], resourceVersion: "1")),
            .layer2Advertisements(
                .replaced(
                    [L2Advertisement(metadata: ObjectMeta(name: "all", namespace: "metallb-system"), spec: .init())],
                    unreadable: [], resourceVersion: "1")),
            .bgpAdvertisements(.replaced([], unreadable: [], resourceVersion: "1")),
            .bgpPeers(.replaced([], unreadable: [], resourceVersion: "1")),
            .bfdProfiles(.replaced([], unreadable: [], resourceVersion: "1")),
            .communities(.replaced([], unreadable: [], resourceVersion: "1")),
        ]
        let namespaces = (0..<1000).map { Namespace(metadata: ObjectMeta(name: "shop-\($0)")) }
        events.append(.namespaces(.replaced(namespaces, unreadable: [], resourceVersion: "1")))
        for event in events { _ = state.handle(event, at: now) }
    }

    private static func pools(_ count: Int) -> [IPAddressPool] {
        (0..<count).map { index in
            IPAddressPool(
                metadata: ObjectMeta(name: "pool-\(index)", namespace: "metallb-system"),
                spec: .init(addresses: ["10.\(index).0.0/16"]))
        }
    }

    /// The Service with texts of its own, as a decoder makes them: literals are in the program and cost no memory.
    private static func decoded(_ service: Service) -> Service {
        func own(_ entries: [String: String]) -> [String: String] {
            Dictionary(uniqueKeysWithValues: entries.map { (own($0), own($1)) })
        }
        func own(_ text: String) -> String { String(decoding: Array(text.utf8), as: UTF8.self) }
        var service = service
        service.metadata.labels = own(service.metadata.labels)
        service.metadata.annotations = own(service.metadata.annotations)
        service.metadata.creationTimestamp = service.metadata.creationTimestamp.map(own)
        service.spec.selector = service.spec.selector.map(own)
        service.status.conditions = service.status.conditions?.map { condition in
            var condition = condition
            condition.type = own(condition.type)
            condition.lastTransitionTime = condition.lastTransitionTime.map(own)
            return condition
        }
        return service
    }

    /// Services as a server sends them, with the names, labels and annotations that charts give them, in the form that
    /// their reflector keeps.
    static func services(_ count: Int, pools: Int) -> [Service] {
        let digester = ServiceDigester()
        return (0..<count).map { index in
            let pool = index % pools
            let address = IPAddress(v4: UInt32(0x0A00_0000) + UInt32(pool) << 16 + UInt32(index / pools))
            var service = Service(
                metadata: ObjectMeta(
                    name: "point-of-sale-terminal-\(index)", namespace: "shop-\(index % 1000)",
                    uid: "8a6f3f0e-5a39-4c1b-9f57-\(100_000_000_000 + index)",
                    labels: [
                        "app.kubernetes.io/name": "point-of-sale-terminal",
                        "app.kubernetes.io/instance": "pos-\(index)",
                        "app.kubernetes.io/managed-by": "Helm", "helm.sh/chart": "point-of-sale-terminal-4.2.1",
                    ],
                    annotations: [
                        "metallb.io/ip-allocated-from-pool": "pool-\(pool)",
                        "meta.helm.sh/release-name": "pos-\(index)",
                        "kubectl.kubernetes.io/last-applied-configuration": String(repeating: "x", count: 600),
                    ]),
                spec: .init(
                    type: "LoadBalancer", clusterIPs: ["10.\(96 + index >> 16).\(index >> 8 & 255).\(index & 255)"],
                    ports: [.init(name: "https", transport: "TCP", port: 443)]))
            service.metadata.resourceVersion = String(100_000_000 + index)
            service.metadata.creationTimestamp = "2026-01-01T00:00:00Z"
            service.spec.ipFamilyPolicy = "SingleStack"
            service.spec.externalTrafficPolicy = "Cluster"
            service.spec.selector = ["app.kubernetes.io/instance": "pos-\(index)"]
            service.status.loadBalancer = .init(ingress: [.init(ip: address.description, ipMode: "VIP")])
            var condition = Condition(
                type: "toono.io/Allocated", status: "True", reason: "Allocated",
                message: "\(address) from pool pool-\(pool)")
            condition.lastTransitionTime = "2026-01-01T00:00:00Z"
            service.status.conditions = [condition]
            return digester.digest(decoded(service))
        }
    }
}
