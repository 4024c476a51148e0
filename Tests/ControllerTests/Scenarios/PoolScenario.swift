import Allocation
import Controller
import KubernetesClient
import KubernetesObjects
import LabAPI
import LabNode
import Testing

/// A `Scenario` with OpenYurt: a stand-in of its load-balancer-set controller works beside ours.
struct PoolScenario {
    var lab: Scenario

    static let selector = "service.openyurt.io/nodepool-labelselector"

    init(loadBalancerClass: String? = "toono.io/edge", isDualStack: Bool = false) {
        lab = Scenario(loadBalancerClass: loadBalancerClass, isDualStack: isDualStack)
        lab.settle()
    }

    /// Two node pools in one region, each with an IPAddressPool of two addresses.
    static func twoSites(isDualStack: Bool = false) -> PoolScenario {
        var pools = PoolScenario(isDualStack: isDualStack)
        pools.nodePool("shop")
        pools.nodePool("plant")
        pools.addresses("shop-lan", "192.0.2.1-192.0.2.2", for: "shop")
        pools.addresses("plant-lan", "198.51.100.1-198.51.100.2", for: "plant")
        return pools
    }

    // MARK: both controllers

    /// Lets both controllers work until neither has anything left to do.
    mutating func settle(_ location: SourceLocation = #_sourceLocation) {
        for _ in 0..<50 {
            lab.settle(location)
            if !divide() { return }
        }
        Issue.record("the controllers do not come to rest", sourceLocation: location)
    }

    /// One go of the load-balancer-set controller.
    /// - Returns: false if it had nothing to write.
    private mutating func divide() -> Bool {
        let rules = LoadBalancerSet(nodePools: list(NodePool.self, "nodepools"), poolServices: poolServices)
        let writes = list(Service.self, "services").flatMap(rules.writes)
        for write in writes {
            switch write {
            case .create(let poolService):
                lab.send("POST", LabServer.path("poolservices", poolService.metadata.namespace), Self.json(poolService))
            case .delete(let key):
                lab.send("DELETE", LabServer.path("poolservices", key.namespace, key.name))
            case .finalizers(let key, let patch):
                lab.send("PATCH", LabServer.path("services", key.namespace, key.name), patch)
            case .status(let key, let patch):
                lab.send("PATCH", LabServer.path("services", key.namespace, key.name) + "/status", patch)
            }
        }
        return !writes.isEmpty
    }

    private static func json(_ poolService: PoolService) -> JSONValue {
        var json = FakeServer.json(poolService)
        json["apiVersion"] = .string(PoolService.apiVersion)
        json["kind"] = .string(PoolService.kind)
        return json
    }

    private func list<Object: KubernetesObject>(_ type: Object.Type, _ plural: String) -> [Object] {
        var server = lab.server
        return server.list(type, plural).0
    }

    // MARK: what people do

    mutating func nodePool(_ name: String, addresses: String? = nil, labels: [String: String] = ["region": "north"]) {
        let annotations: JSONValue = addresses.map { ["openyurt.io/address-pools": .string($0)] } ?? [:]
        let metadata: JSONValue = [
            "name": .string(name), "labels": .object(labels.mapValues { .string($0) }), "annotations": annotations,
        ]
        let path = LabServer.path("nodepools", nil, name)
        if lab.server.object(NodePool.self, "nodepools", .init(namespace: "", name: name)) == nil {
            lab.send("POST", LabServer.path("nodepools"), ["metadata": metadata, "spec": ["type": "Edge"]])
        } else {
            lab.send("PATCH", path, ["metadata": metadata])
        }
        settle()
    }

    mutating func deleteNodePool(_ name: String) {
        lab.send("DELETE", LabServer.path("nodepools", nil, name))
        settle()
    }

    /// An IPAddressPool, bound to a node pool by its label or by the annotation with a selector.
    mutating func addresses(
        _ name: String, _ range: String, for nodePool: String? = nil, selector: String? = nil
    ) {
        let labels: JSONValue = ["toono.io/nodepool": nodePool.map { .string($0) } ?? .null]
        let annotations: JSONValue = ["toono.io/nodepool-selector": selector.map { .string($0) } ?? .null]
        let body: JSONValue = [
            "metadata": ["name": .string(name), "labels": labels, "annotations": annotations],
            "spec": ["addresses": [.string(range)]],
        ]
        let path = LabServer.path("ipaddresspools", LabServer.namespace)
        if lab.send("PATCH", "\(path)/\(name)", body, expecting: 200...404) == 404 {
            var created: JSONValue = [
                "apiVersion": "metallb.io/v1beta1", "kind": "IPAddressPool", "spec": body["spec"] ?? [:],
            ]
            var metadata: JSONValue = ["name": .string(name)]
            if let nodePool { metadata["labels"] = ["toono.io/nodepool": .string(nodePool)] }
            if let selector { metadata["annotations"] = ["toono.io/nodepool-selector": .string(selector)] }
            created["metadata"] = metadata
            lab.send("POST", path, created)
        }
        settle()
    }

    /// Creates or changes a Service that is divided among the node pools of a region.
    mutating func apply(
        _ name: String, class lbClass: String = "toono.io/edge", _ annotations: [String: String?] = [:],
        _ spec: JSONValue = [:], _ location: SourceLocation = #_sourceLocation
    ) {
        var spec = spec
        spec["loadBalancerClass"] = .string(lbClass)
        lab.put(name, annotations.merging([Self.selector: "region=north"]) { mine, _ in mine }, spec, location)
        settle(location)
    }

    mutating func delete(_ name: String) {
        lab.send("DELETE", LabServer.path("services", "default", name))
        settle()
    }

    mutating func restart() {
        lab.restart()
        settle()
    }

    // MARK: what people see

    var poolServices: [PoolService] { list(PoolService.self, "poolservices") }

    func poolService(_ name: String) -> PoolService? { poolServices.first { $0.metadata.name == name } }

    /// The addresses in a PoolService's status, separated by spaces.
    func addresses(_ name: String) -> String {
        (poolService(name)?.status.loadBalancer?.ingress ?? []).compactMap(\.ip).joined(separator: " ")
    }

    /// Why a PoolService has no address; nil if it has what it asks for.
    func refusal(_ name: String) -> String? {
        poolService(name)?.status.conditions?.first { $0.type == "toono.io/Allocated" && $0.status == "False" }?.reason
    }
}
