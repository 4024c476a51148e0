import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons
import RoutePlanning
import Testing

/// A node's plan with the objects that it is made from.
struct Site {
    var resources = ConfigurationResources(pools: [
        IPAddressPool(metadata: ObjectMeta(name: "default"), spec: .init(addresses: ["10.20.30.0/24"])),
        IPAddressPool(metadata: ObjectMeta(name: "v6"), spec: .init(addresses: ["2001:db8::/64"])),
    ])
    var node = NodeFacts(name: "pandora")
    var plan = RoutePlan(node: "pandora")

    /// Resolves the resources and updates.
    @discardableResult mutating func configure() throws -> RoutePlanChanges {
        let resolution = Configuration.resolve(resources)
        let configuration = try #require(resolution.configuration, "\(resolution.problems)")
        plan.setConfiguration(configuration)
        plan.setNode(node)
        return plan.update()
    }

    mutating func addPeer(_ name: String, _ address: String, _ change: (inout BGPPeer.Spec) -> Void = { _ in }) {
        var spec = BGPPeer.Spec(myASN: 64512, peerASN: 64513, peerAddress: address)
        change(&spec)
        resources.bgpPeers.append(BGPPeer(metadata: ObjectMeta(name: name), spec: spec))
    }

    mutating func addAdvertisement(_ name: String, _ spec: BGPAdvertisement.Spec = .init()) {
        resources.bgpAdvertisements.append(BGPAdvertisement(metadata: ObjectMeta(name: name), spec: spec))
    }

    /// Gives a Service to the plan and updates.
    @discardableResult mutating func set(
        _ name: String, _ addresses: String..., labels: [String: String] = [:], type: String = "LoadBalancer",
        policy: String = "Cluster", endpoints: [EndpointSlice.Endpoint] = [Site.endpoint("iris")]
    ) -> RoutePlanChanges {
        var service = Service(
            metadata: ObjectMeta(name: name, namespace: "default", labels: labels), spec: .init(type: type))
        service.spec.externalTrafficPolicy = policy
        service.status.loadBalancer = .init(ingress: addresses.map { .init(ip: $0) })
        let slice = EndpointSlice(metadata: ObjectMeta(name: name), endpoints: endpoints)
        plan.setService(service, endpoints: ServingEndpoints([slice]))
        return plan.update()
    }

    @discardableResult mutating func remove(_ name: String) -> RoutePlanChanges {
        plan.removeService(Site.key(name))
        return plan.update()
    }

    static func key(_ name: String) -> ObjectKey { ObjectKey(namespace: "default", name: name) }

    static func endpoint(_ node: String, ready: Bool? = true, serving: Bool? = nil) -> EndpointSlice.Endpoint {
        .init(addresses: ["10.244.0.2"], conditions: .init(ready: ready, serving: serving), nodeName: node)
    }

    /// What a peer gets, as lines: `10.20.30.1/32 pref 100 64512:1 large:1:2:3`.
    func routes(_ peer: String) -> [String] { plan.routes(to: peer).lines }

    func service(_ name: String) -> ServicePlan? { plan.plan(for: Site.key(name)) }

    /// The reasons for which addresses of a Service are not announced, in order.
    func refusals(_ name: String) -> [String] {
        (service(name)?.addresses ?? []).compactMap(\.refusal?.reason.rawValue)
    }
}

extension [IPPrefix: RouteAttributes] {
    var lines: [String] {
        sorted { ($0.key.address, $0.key.length) < ($1.key.address, $1.key.length) }.map { prefix, attributes in
            ([prefix.description] + (attributes.localPref.map { ["pref \($0)"] } ?? [])
                + attributes.communities.map(\.description)).joined(separator: " ")
        }
    }
}

extension RoutePlanChanges {
    /// `peer + route` and `peer - prefix`, in order.
    var lines: [String] {
        routes.sorted { $0.key < $1.key }.flatMap { peer, change in
            change.announced.lines.map { "\(peer) + \($0)" }
                + change.withdrawn.map(\.description).sorted().map { "\(peer) - \($0)" }
        }
    }
}
