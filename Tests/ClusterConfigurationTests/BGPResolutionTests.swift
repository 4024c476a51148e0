import ClusterConfiguration
import KubernetesObjects
import Testing

@Suite("BGP advertisements")
struct BGPResolutionTests {
    private let pools = [
        pool("a", "10.0.1.0/24"), pool("b", "10.0.2.90-10.0.2.100", "2001:db8::/120", labels: ["site": "x"]),
    ]

    private func resolve(
        _ specs: BGPAdvertisement.Spec..., communities: [Community.Alias] = [], profile: BFDProfile? = nil
    ) -> Configuration.Resolution {
        var peer = BGPPeer.Spec(myASN: 1, peerASN: 2, peerAddress: "192.0.2.1")
        peer.bfdProfile = profile?.metadata.name
        return Configuration.resolve(
            ConfigurationResources(
                pools: pools,
                bgpAdvertisements: specs.enumerated().map {
                    BGPAdvertisement(metadata: ObjectMeta(name: "ad\($0.offset)", namespace: "toono"), spec: $0.element)
                }, bgpPeers: [BGPPeer(metadata: ObjectMeta(name: "router", namespace: "toono"), spec: peer)],
                bfdProfiles: profile.map { [$0] } ?? [],
                communities: communities.isEmpty
                    ? [] : [Community(metadata: ObjectMeta(name: "names"), spec: .init(communities: communities))]))
    }

    @Test("what is left out means everything, and routes of one address")
    func defaults() throws {
        let resolved = try #require(resolve(.init()).configuration?.bgpAdvertisements.first)
        #expect(resolved.pools == ["a", "b"] && resolved.peers == nil && resolved.localPref == nil)
        #expect(resolved.aggregationLength == 32 && resolved.aggregationLengthV6 == 128 && resolved.communities.isEmpty)
    }

    @Test("communities are numbers or names; a name that is not there may come yet")
    func communities() {
        let resolution = resolve(
            .init(communities: ["64512:100", "large:1:2:3", "no-export"]),
            communities: [.init(name: "no-export", value: "65535:65281")])
        #expect(
            resolution.configuration?.bgpAdvertisements.first?.communities == [
                .standard(64512, 100), .large(1, 2, 3), .standard(65535, 65281),
            ])
        let wrong = resolve(.init(communities: ["1:2", "nowhere", "65536:1", "1:2", "large:1:2", "1:-2"]))
        #expect(
            wrong.problems.map(\.detail) == [
                "spec.communities[3]: \"1:2\" is the same as spec.communities[0]",
                "spec.communities[1]: \"nowhere\" is no name that a Community gives",
                "spec.communities[2]: \"65536:1\" is no community: write 64512:100 or large:64512:1:2",
                "spec.communities[4]: \"large:1:2\" is no community: write 64512:100 or large:64512:1:2",
                "spec.communities[5]: \"1:-2\" is no community: write 64512:100 or large:64512:1:2",
            ])
        #expect(wrong.problems.map(\.isTransient) == [false, true, false, false, false])
        #expect(
            resolve(.init(communities: (0..<64).map { "1:\($0)" })).lines == [
                "BGPAdvertisement ad0: spec.communities: are 64 communities, and a route can have 63"
            ])
    }

    @Test("a Community gives each name once, and to a community")
    func aliases() {
        let resolution = resolve(communities: [
            .init(name: "x", value: "1:1"), .init(name: "x", value: "1:2"), .init(name: "", value: "1"),
            .init(name: "y", value: nil),
        ])
        #expect(
            resolution.problems.map(\.detail) == [
                "spec.communities[1].name: \"x\" is a name that spec.communities[0] of Community names gives already",
                "spec.communities[2].name: the name is missing",
                "spec.communities[2].value: \"1\" is no community: write 64512:100 or large:64512:1:2",
                "spec.communities[3].value: \"\" is no community: write 64512:100 or large:64512:1:2",
            ])
    }

    @Test("an aggregate never covers more than its pool; of a range the largest block counts")
    func aggregation() {
        #expect(resolve(.init(aggregationLength: 24, ipAddressPools: ["a"])).problems.isEmpty)
        #expect(
            resolve(.init(aggregationLength: 23, ipAddressPools: ["a"])).lines == [
                "BGPAdvertisement ad0: spec.aggregationLength: \"23\" makes routes that cover more than 10.0.1.0-10.0.1.255 of IPAddressPool a: it must be at least 24"
            ])
        #expect(resolve(.init(aggregationLength: 30, ipAddressPools: ["b"])).problems.isEmpty)
        #expect(resolve(.init(aggregationLength: 29, ipAddressPools: ["b"])).problems.count == 1)
    }

    @Test("for IPv6 the message has the length of IPv6 (MetalLB prints that of IPv4)")
    func aggregationV6() {
        #expect(
            resolve(.init(aggregationLengthV6: 64, ipAddressPools: ["b"])).lines == [
                "BGPAdvertisement ad0: spec.aggregationLengthV6: \"64\" makes routes that cover more than 2001:db8::-2001:db8::ff of IPAddressPool b: it must be at least 120"
            ])
        #expect(
            resolve(.init(aggregationLength: 33, aggregationLengthV6: 129)).problems.map(\.detail) == [
                "spec.aggregationLength: \"33\" is no number from 1 to 32",
                "spec.aggregationLengthV6: \"129\" is no number from 0 to 128",
            ])
    }

    @Test("an aggregate for some Services only is refused")
    func aggregateOfSome() {
        #expect(
            resolve(.init(aggregationLength: 24, ipAddressPools: ["a"], serviceSelectors: [.label("a", "b")])).lines
                == [
                    "BGPAdvertisement ad0: spec.aggregationLength: \"24\" cannot be combined with serviceSelectors: routes of some Services cover one address each"
                ])
    }

    @Test("two that say the same are refused")
    func same() {
        #expect(
            resolve(.init(ipAddressPools: ["a", "b"]), .init()).lines == [
                "BGPAdvertisement ad1: spec: says the same as that of BGPAdvertisement ad0"
            ])
    }

    @Test("peers that are not there are a warning")
    func unknownPeer() {
        #expect(
            resolve(.init(peers: ["router", "other"])).warningLines == [
                "BGPAdvertisement ad0: spec.peers[1]: \"other\" is no BGPPeer"
            ])
    }

    @Test(
        "one route has one LOCAL_PREF on every node and to every peer",
        arguments: [
            (.init(localPref: 100), .init(localPref: 200), "refused"), (.init(localPref: 100), .init(), "refused"),
            (.init(localPref: 100), .init(localPref: 100, communities: ["1:1"]), "allowed"),
            (.init(localPref: 100, ipAddressPools: ["a"]), .init(localPref: 200, ipAddressPools: ["b"]), "allowed"),
            (.init(localPref: 100, peers: ["router"]), .init(localPref: 200, peers: ["other"]), "allowed"),
            (.init(localPref: 100, peers: ["router"]), .init(localPref: 200), "refused"),
            (
                .init(aggregationLength: 24, localPref: 100, ipAddressPools: ["a"]),
                .init(localPref: 200, ipAddressPools: ["a"]), "allowed"
            ),
            (
                .init(aggregationLength: 30, localPref: 100, ipAddressPools: ["b"]),
                .init(localPref: 200, ipAddressPools: ["b"]), "refused"
            ),
            (
                .init(localPref: 100, nodeSelectors: [.label("rack", "a")]),
                .init(localPref: 200, nodeSelectors: [.label("rack", "b")]), "allowed"
            ),
            (
                .init(localPref: 100, nodeSelectors: [.label("rack", "a")]),
                .init(localPref: 200, nodeSelectors: [.expression("rack", "In", "a")]), "refused"
            ),
            (
                .init(localPref: 100, nodeSelectors: [.label("rack", "a")]),
                .init(localPref: 200, nodeSelectors: [.label("zone", "z")]), "warned of"
            ),
            (.init(localPref: 100, nodeSelectors: [.label("rack", "a")]), .init(localPref: 200), "warned of"),
            (.init(localPref: 100, serviceSelectors: [.label("x", "y")]), .init(localPref: 200), "allowed"),
            (.init(localPref: 0, communities: ["1:1"]), .init(), "allowed"),
        ] as [(BGPAdvertisement.Spec, BGPAdvertisement.Spec, String)])
    func localPref(one: BGPAdvertisement.Spec, other: BGPAdvertisement.Spec, expected: String) {
        let resolution = resolve(one, other)
        let isAbout = { (problem: ConfigurationProblem) in problem.field == "spec.localPref" }
        #expect(resolution.problems.filter(isAbout).count == (expected == "refused" ? 1 : 0))
        #expect(resolution.warnings.filter(isAbout).count == (expected == "warned of" ? 1 : 0))
        #expect(resolution.problems.filter { !isAbout($0) }.isEmpty)
    }

    @Test("echo mode is refused where IPv6 addresses go to the peer")
    func echo() {
        let profile = BFDProfile(metadata: ObjectMeta(name: "echo"), spec: .init(echoMode: true))
        #expect(resolve(.init(ipAddressPools: ["a"]), profile: profile).problems.isEmpty)
        #expect(resolve(.init(ipAddressPools: ["b"], peers: ["other"]), profile: profile).problems.isEmpty)
        #expect(
            resolve(.init(), profile: profile).lines == [
                "BGPPeer router: spec.bfdProfile: \"echo\" has echo mode, which IPv6 cannot have, and BGPAdvertisement ad0 announces IPv6 addresses of IPAddressPool b to this peer"
            ])
    }

    @Test("a pool that nobody announces is a warning (MetalLB says nothing, metallb#1561)")
    func unannounced() {
        #expect(
            resolve(.init(ipAddressPools: ["a"])).warningLines == [
                "IPAddressPool b: metadata.name: \"b\" is selected by no L2Advertisement and no BGPAdvertisement: its addresses are not announced"
            ])
    }
}
