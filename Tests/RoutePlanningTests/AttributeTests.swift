import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import Reasons
import RoutePlanning
import Testing

@Suite("Routes that several ask for")
struct AttributeTests {
    static let database: [LabelSelector] = [.init(matchLabels: ["app": "db"])]
    static let web: [LabelSelector] = [.init(matchLabels: ["app": "web"])]

    func site(_ advertisements: BGPAdvertisement.Spec..., peers: Int = 2) throws -> Site {
        var site = Site()
        for number in 1...peers { site.addPeer("peer\(number)", "1.2.3.\(number)") }
        for (index, spec) in advertisements.enumerated() { site.addAdvertisement("adv\(index)", spec) }
        try site.configure()
        return site
    }

    @Test("advertisements for one route add up their communities, sorted and each once")
    func union() throws {
        var site = try site(
            .init(localPref: 9, communities: ["3:1", "large:1:1:1"]),
            .init(localPref: 9, communities: ["2:1", "3:1"], peers: ["peer2"]))
        site.set("web", "10.20.30.1")
        #expect(site.routes("peer1") == ["10.20.30.1/32 pref 9 3:1 large:1:1:1"])
        #expect(site.routes("peer2") == ["10.20.30.1/32 pref 9 2:1 3:1 large:1:1:1"])
    }

    @Test("a local preference of 0 is none")
    func zero() throws {
        var site = try site(.init(localPref: 0))
        site.set("web", "10.20.30.1")
        #expect(site.routes("peer1") == ["10.20.30.1/32"])
    }

    @Test(
        "with Service selectors other local preferences are a conflict only where Service, route and peer are the same",
        arguments: [
            (nil, nil, nil, false, true), (100, nil, nil, false, false), (nil, ["peer1"], ["peer2"], false, false),
            (nil, ["peer1"], ["peer1", "peer2"], false, true), (nil, ["peer9"], ["peer9"], false, false),
            (nil, nil, nil, true, false),
        ] as [(UInt32?, [String]?, [String]?, Bool, Bool)])
    func conflict(pref: UInt32?, first: [String]?, second: [String]?, otherService: Bool, isConflict: Bool) throws {
        // the third peers case: both name only a peer that this node does not have
        var site = try site(
            .init(localPref: 100, peers: first, serviceSelectors: Self.web),
            .init(localPref: pref ?? 200, peers: second, serviceSelectors: otherService ? Self.database : [.init()]))
        site.set("web", "10.20.30.1", labels: ["app": "web"])
        #expect((site.refusals("web") == ["conflictingAdvertisements"]) == isConflict)
        #expect((site.service("web")?.peers == []) == (isConflict || first == ["peer9"]))
    }

    @Test("node selectors that overlap on this node only are judged here too")
    func conflictByNode() throws {
        var site = try site(
            .init(localPref: 100, nodeSelectors: [.init(matchLabels: ["a": "1"])]),
            .init(localPref: 200, nodeSelectors: [.init(matchLabels: ["b": "1"])]),
            .init(aggregationLength: 24, localPref: 5))
        site.set("web", "10.20.30.1")
        #expect(site.routes("peer1") == ["10.20.30.0/24 pref 5"])
        site.node.labels = ["a": "1"]
        try site.configure()
        #expect(site.routes("peer1") == ["10.20.30.0/24 pref 5", "10.20.30.1/32 pref 100"])
        site.node.labels = ["a": "1", "b": "1"]
        #expect(try site.configure().lines.contains("peer1 - 10.20.30.1/32"))
        let refusal = try #require(site.service("web")?.addresses.first?.refusal)
        #expect(refusal.reason == .conflictingAdvertisements)
        #expect(
            refusal.message
                == "BGPAdvertisements \"adv0\", \"adv1\" give route 10.20.30.1/32 to \"peer1\" different values of "
                + "localPref: 100 and 200"
        )
    }

    @Test("an aggregate is announced from its first address to its last, and the address itself only if asked for")
    func aggregate() throws {
        var site = try site(.init(aggregationLength: 26), peers: 1)
        site.resources.pools[0].spec.addresses = ["10.20.30.0/26", "10.20.30.64/26"]
        try site.configure()
        #expect(site.set("a", "10.20.30.1").lines == ["peer1 + 10.20.30.0/26"])
        #expect(site.set("b", "10.20.30.63").lines.isEmpty)
        #expect(site.set("c", "10.20.30.64").lines == ["peer1 + 10.20.30.64/26"])
        #expect(site.remove("a").lines.isEmpty)
        #expect(site.remove("b").lines == ["peer1 - 10.20.30.0/26"])
        #expect(site.set("c", "10.20.30.2").lines == ["peer1 + 10.20.30.0/26", "peer1 - 10.20.30.64/26"])
    }

    @Test("Services that share an address add up their communities, and take their own away again")
    func sharedUnion() throws {
        var site = try site(
            .init(communities: ["1:1"], serviceSelectors: Self.web),
            .init(communities: ["2:2"], serviceSelectors: Self.database),
            peers: 1)
        #expect(site.set("db", "10.20.30.1", labels: ["app": "db"]).lines == ["peer1 + 10.20.30.1/32 2:2"])
        let both = site.set("web", "10.20.30.1", labels: ["app": "web"])
        #expect(both.lines == ["peer1 + 10.20.30.1/32 1:1 2:2"] && both.services == [Site.key("web")])
        #expect(site.remove("db").lines == ["peer1 + 10.20.30.1/32 1:1"])
    }

    @Test(
        "of Services that share a route and give it other preferences the first by name decides, on every node alike",
        arguments: [true, false])
    func sharedConflict(isFirstKnownFirst: Bool) throws {
        var site = try site(
            .init(localPref: 100, serviceSelectors: Self.web), .init(localPref: 200, serviceSelectors: Self.database),
            peers: 1)
        let order = isFirstKnownFirst ? ["a", "b"] : ["b", "a"]
        for name in order { site.set(name, "10.20.30.1", labels: ["app": name == "a" ? "web" : "db"]) }
        #expect(site.routes("peer1") == ["10.20.30.1/32 pref 100"])
        #expect(site.service("a")?.peers == ["peer1"] && site.refusals("a") == [])
        #expect(site.service("b")?.peers == [] && site.refusals("b") == ["conflictingAdvertisements"])
        #expect(
            site.service("b")?.addresses.first?.refusal?.message
                == "Service default/a, which has the same route, and this one give it different values of localPref: "
                + "100 and 200"
        )
        // the other one has its say when the first is gone, and its plan is among what changed
        let gone = site.remove("a")
        #expect(gone.lines == ["peer1 + 10.20.30.1/32 pref 200"] && gone.services == [Site.key("a"), Site.key("b")])
        #expect(site.service("b")?.peers == ["peer1"] && site.refusals("b") == [])
    }

    @Test("more communities than a route can have are a conflict")
    func tooMany() throws {
        let many = (0..<63).map { "1:\($0)" }
        var site = try site(
            .init(communities: many), .init(communities: ["1:5"]),
            .init(communities: ["2:1"], serviceSelectors: Self.database))
        site.set("web", "10.20.30.1")
        #expect(site.plan.routes(to: "peer1").values.map(\.communities.count) == [63])
        site.set("db", "10.20.30.2", labels: ["app": "db"])
        #expect(site.refusals("db") == ["conflictingAdvertisements"])
    }

    @Test("a session carries its own family, both if it is set to or unnumbered; the rest says why not")
    func families() throws {
        var site = Site()
        site.addPeer("four", "1.2.3.4")
        site.addPeer("six", "2001:db8:1::1")
        site.addPeer("both", "1.2.3.5") { $0.dualStackAddressFamily = true }
        site.addPeer("bare", "") {
            $0.peerAddress = nil
            $0.interface = "eth1"
        }
        site.addAdvertisement("all")
        try site.configure()
        site.set("web", "10.20.30.1", "2001:db8::1")
        #expect(site.routes("four") == ["10.20.30.1/32"] && site.routes("six") == ["2001:db8::1/128"])
        for peer in ["both", "bare"] { #expect(site.routes(peer) == ["10.20.30.1/32", "2001:db8::1/128"]) }
        #expect(site.service("web")?.peers == ["bare", "both", "four", "six"])
        #expect(
            site.service("web")?.addresses.map { $0.withheld.mapValues(\.reason) } == [
                ["six": .familyMismatch], ["four": .familyMismatch],
            ])
        site.resources.bgpAdvertisements[0].spec.peers = ["six"]
        try site.configure()
        #expect(site.refusals("web") == ["noPeer"] && site.service("web")?.peers == ["six"])
    }

    @Test("while the node is drained a route asks for no traffic (RFC 8326)")
    func drained() {
        let attributes = RouteAttributes(localPref: 100, communities: [.large(1, 2, 3), .standard(1, 2)])
        #expect(attributes.drained.localPref == 0)
        #expect(attributes.drained.communities == [.standard(1, 2), .standard(65535, 0), .large(1, 2, 3)])
    }
}
