import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import RoutePlanning
import Testing

/// What MetalLB's own tests of its BGP speaker walk through.
@Suite("A node's routes as the cluster changes")
struct ScenarioTests {
    static let here = Site.endpoint("pandora")
    static let there = Site.endpoint("iris")

    func site() throws -> Site {
        var site = Site()
        site.addPeer("peer1", "1.2.3.4")
        site.addAdvertisement("adv1")
        try site.configure()
        return site
    }

    @Test("without configuration nothing is announced, and the Service says why")
    func unconfigured() {
        var site = Site()
        site.plan.setNode(site.node)
        #expect(site.set("web", "10.20.30.1").lines.isEmpty)
        #expect(site.refusals("web") == ["addressNotInPool"])
    }

    @Test("a node that the cluster does not know announces nothing and has no sessions")
    func unknownNode() throws {
        var site = try site()
        site.set("web", "10.20.30.1")
        site.plan.setNode(nil)
        let changes = site.plan.update()
        #expect(changes.closed == ["peer1"] && changes.routes.isEmpty && site.routes("peer1").isEmpty)
        #expect(site.refusals("web") == ["nodeExcluded"] && site.service("web")?.peers == [])
    }

    @Test("a peer is there without any Service")
    func noService() throws {
        var site = Site()
        site.addPeer("peer1", "1.2.3.4")
        let changes = try site.configure()
        #expect(changes.opened.map(\.name) == ["peer1"] && changes.lines.isEmpty && changes.services.isEmpty)
    }

    @Test("only Services of type LoadBalancer and of our class with an address are announced")
    func kinds() throws {
        var site = try site()
        #expect(site.set("web", "10.20.30.1", type: "ClusterIP").isEmpty)
        #expect(site.service("web") == nil)
        #expect(site.set("web").lines.isEmpty)
        #expect(site.service("web")?.addresses == [])
        #expect(site.set("web", "10.20.30.1").lines == ["peer1 + 10.20.30.1/32"])
        #expect(site.service("web")?.peers == ["peer1"])
        #expect(site.set("web", "10.20.30.1", type: "NodePort").lines == ["peer1 - 10.20.30.1/32"])
        #expect(site.service("web") == nil)
    }

    @Test(
        "endpoints decide by traffic policy",
        arguments: [
            ("Cluster", [], "noServingEndpoint"), ("Cluster", [there], nil), ("Cluster", [here], nil),
            ("Cluster", [Site.endpoint("iris", ready: false)], "noServingEndpoint"),
            ("Cluster", [Site.endpoint("iris", ready: false, serving: true)], nil),
            ("Cluster", [Site.endpoint("iris", ready: false), there], nil),
            ("Local", [], "noServingEndpoint"), ("Local", [there], "noLocalEndpoint"), ("Local", [here], nil),
            ("Local", [Site.endpoint("pandora", ready: false), there], "noLocalEndpoint"),
            ("Local", [Site.endpoint("pandora", ready: false), here], nil),
            ("Local", [Site.endpoint("pandora", ready: false, serving: true)], nil),
        ] as [(String, [EndpointSlice.Endpoint], String?)])
    func endpoints(policy: String, endpoints: [EndpointSlice.Endpoint], reason: String?) throws {
        var site = try site()
        let changes = site.set("web", "10.20.30.1", policy: policy, endpoints: endpoints)
        #expect(changes.lines == (reason == nil ? ["peer1 + 10.20.30.1/32"] : []))
        #expect(site.refusals("web") == (reason.map { [$0] } ?? []))
        // and back to what every policy announces
        #expect(site.set("web", "10.20.30.1", policy: policy, endpoints: [Self.here]).isEmpty == (reason == nil))
        #expect(site.routes("peer1") == ["10.20.30.1/32"])
        #expect(site.set("web", "10.20.30.1", policy: policy, endpoints: []).lines == ["peer1 - 10.20.30.1/32"])
    }

    @Test("each advertisement makes its route, with its attributes")
    func severalAdvertisements() throws {
        var site = try site()
        site.set("web", "10.20.30.1")
        site.resources.bgpAdvertisements = []
        site.addAdvertisement("host", .init(localPref: 100, communities: ["1234:2345"], ipAddressPools: ["default"]))
        site.addAdvertisement(
            "net",
            .init(aggregationLength: 24, localPref: 1000, communities: ["large:1:2:3"], ipAddressPools: ["default"]))
        #expect(
            try site.configure().lines == [
                "peer1 + 10.20.30.0/24 pref 1000 large:1:2:3", "peer1 + 10.20.30.1/32 pref 100 1234:2345",
            ])
        #expect(
            site.service("web")?.addresses.first?.announcements["peer1"]?.map(\.description) == [
                "10.20.30.0/24", "10.20.30.1/32",
            ])
    }

    @Test("an advertisement that selects other nodes makes no route here")
    func otherNodes() throws {
        var site = try site()
        site.resources.bgpAdvertisements = []
        site.addAdvertisement(
            "other", .init(aggregationLength: 24, nodeSelectors: [.init(matchLabels: ["host": "iris"])]))
        try site.configure()
        site.set("web", "10.20.30.1")
        #expect(site.routes("peer1").isEmpty && site.refusals("web") == ["nodeExcluded"])
        site.addAdvertisement("mine", .init(nodeSelectors: [.init(matchLabels: ["host": "pandora"])]))
        site.node.labels = ["host": "pandora"]
        #expect(try site.configure().lines == ["peer1 + 10.20.30.1/32"])
    }

    @Test("an advertisement reaches the peers that it names, or all")
    func peerSelection() throws {
        var site = try site()
        site.addPeer("peer2", "1.2.3.5")
        site.set("web", "10.20.30.1")
        #expect(try site.configure().lines == ["peer2 + 10.20.30.1/32"])
        site.resources.bgpAdvertisements[0].spec.peers = ["peer2"]
        let changes = try site.configure()
        #expect(changes.lines == ["peer1 - 10.20.30.1/32"] && changes.services == [Site.key("web")])
        #expect(site.service("web")?.peers == ["peer2"])
        site.resources.bgpAdvertisements[0].spec.peers = ["peer3"]
        #expect(try site.configure().lines == ["peer2 - 10.20.30.1/32"])
        #expect(site.refusals("web") == ["noPeer"])
    }

    @Test("Services come and go, with addresses of their own and shared ones")
    func sharing() throws {
        var site = try site()
        site.set("web", "10.20.30.1")
        #expect(site.set("db").lines.isEmpty)
        #expect(site.set("db", "10.20.30.5").lines == ["peer1 + 10.20.30.5/32"])
        #expect(site.set("db", "10.20.30.1").lines == ["peer1 - 10.20.30.5/32"])
        let gone = site.remove("web")
        #expect(gone.lines.isEmpty && gone.services == [Site.key("web")])
        #expect(site.routes("peer1") == ["10.20.30.1/32"])
        #expect(site.remove("db").lines == ["peer1 - 10.20.30.1/32"])
        #expect(site.remove("db").isEmpty)
    }

    @Test("a peer that goes takes its routes along, and one whose definition changes keeps them")
    func peers() throws {
        var site = try site()
        site.addPeer("peer2", "1.2.3.5")
        site.set("web", "10.20.30.1")
        try site.configure()
        site.resources.bgpPeers[0].spec.holdTime = "30s"
        let changed = try site.configure()
        #expect(changed.changed.map(\.name) == ["peer1"] && changed.opened.isEmpty && changed.closed.isEmpty)
        #expect(changed.lines.isEmpty && changed.services.isEmpty && site.routes("peer1").count == 1)
        site.resources.bgpPeers.removeFirst()
        let closed = try site.configure()
        #expect(closed.closed == ["peer1"] && closed.lines.isEmpty && closed.services == [Site.key("web")])
        #expect(site.routes("peer1").isEmpty && site.service("web")?.peers == ["peer2"])
        site.resources.bgpPeers = []
        try site.configure()
        #expect(site.refusals("web") == ["noPeer"] && site.plan.peers.isEmpty)
    }

    @Test("a peer's node selectors are looked at again when the node's labels change")
    func relabel() throws {
        var site = Site()
        site.addAdvertisement("adv1")
        site.addPeer("everywhere", "1.2.3.4")
        site.addPeer("foo", "1.2.3.5") { $0.nodeSelectors = [.init(matchLabels: ["foo": "bar"])] }
        site.addPeer("either", "1.2.3.6") {
            $0.nodeSelectors = [.init(matchLabels: ["foo": "bar"]), .init(matchLabels: ["quux": "x"])]
        }
        try site.configure()
        site.set("web", "10.20.30.1")
        #expect(site.plan.peers.map(\.name) == ["everywhere"])
        site.node.labels = ["foo": "bar"]
        var changes = try site.configure()
        #expect(changes.opened.map(\.name) == ["either", "foo"])
        #expect(changes.lines == ["either + 10.20.30.1/32", "foo + 10.20.30.1/32"])
        site.node.labels = ["quux": "x", "foo": "baz"]
        changes = try site.configure()
        #expect(changes.closed == ["foo"] && changes.opened.isEmpty && changes.lines.isEmpty)
        site.node.labels["more"] = "labels"
        #expect(try site.configure().isEmpty)
        site.node.isExcluded = true
        #expect(try site.configure().lines == ["either - 10.20.30.1/32", "everywhere - 10.20.30.1/32"])
        #expect(site.plan.peers.map(\.name) == ["either", "everywhere"] && site.refusals("web") == ["nodeExcluded"])
    }
}
