import ClusterConfiguration
import KubernetesObjects
import Testing

@Suite("Advertisements on the local network")
struct Layer2ResolutionTests {
    private let pools = [
        pool("a", "10.0.1.0/24", labels: ["site": "x"]), pool("b", "10.0.2.0/24", labels: ["site": "y"]),
        pool("c", "10.0.3.0/24"),
    ]

    private func resolve(_ advertisements: L2Advertisement...) -> Configuration.Resolution {
        Configuration.resolve(ConfigurationResources(pools: pools, layer2Advertisements: advertisements))
    }

    @Test("without names and selectors it means all pools, all nodes, all interfaces, all Services")
    func all() throws {
        let resolved = try #require(resolve(advertisement("l2")).configuration?.layer2Advertisements.first)
        #expect(resolved == Layer2Advertisement(name: "l2", pools: ["a", "b", "c"]))
        #expect(resolved.interfaces == nil)
    }

    @Test("empty lists are no lists")
    func emptyLists() {
        let resolution = resolve(
            advertisement(
                "l2",
                .init(
                    ipAddressPools: [], ipAddressPoolSelectors: [], nodeSelectors: [], preferredNodeSelectors: [],
                    serviceSelectors: [], interfaces: [])))
        #expect(
            resolution.configuration?.layer2Advertisements == [Layer2Advertisement(name: "l2", pools: ["a", "b", "c"])])
    }

    @Test("names and selectors add up")
    func union() {
        let resolution = resolve(
            advertisement(
                "l2", .init(ipAddressPools: ["c"], ipAddressPoolSelectors: [.label("site", "x"), .label("site", "z")])))
        #expect(resolution.configuration?.layer2Advertisements.first?.pools == ["a", "c"])
        #expect(
            resolution.warningLines.contains(
                "L2Advertisement l2: spec.ipAddressPoolSelectors[1]: matches no IPAddressPool"))
    }

    @Test("a name that no pool has is a warning (MetalLB says nothing), and never stands for all pools")
    func unknownPool() {
        let resolution = resolve(advertisement("l2", .init(ipAddressPools: ["nowhere"])))
        #expect(resolution.configuration?.layer2Advertisements.first?.pools == [])
        #expect(
            resolution.warningLines.contains(
                "L2Advertisement l2: spec.ipAddressPools[0]: \"nowhere\" is no IPAddressPool"))
    }

    @Test("two that say the same are one, unless they carry preferences, which add up")
    func same() {
        let one = L2Advertisement.Spec(
            ipAddressPools: ["a", "b"], nodeSelectors: [.label("k", "v"), .expression("n", "Exists")],
            interfaces: ["eth0", "eth1"])
        let other = L2Advertisement.Spec(
            ipAddressPools: ["b", "a"], nodeSelectors: [.expression("n", "Exists"), .expression("k", "In", "v")],
            interfaces: ["eth1", "eth0"])
        #expect(
            resolve(advertisement("one", one), advertisement("other", other)).configuration?.layer2Advertisements.map(
                \.name) == ["one"])
        var preferring = one
        preferring.preferredNodeSelectors = [.init(weight: 5, preference: .label("k", "v"))]
        #expect(
            resolve(advertisement("one", preferring), advertisement("two", preferring)).configuration?
                .layer2Advertisements.count == 2)
    }

    @Test(
        "preferences have weights from 1 to 100",
        arguments: [(0, false), (1, true), (100, true), (101, false), (-5, false)])
    func weights(weight: Int, valid: Bool) {
        let resolution = resolve(
            advertisement("l2", .init(preferredNodeSelectors: [.init(weight: weight, preference: .label("a", "b"))])))
        #expect(
            resolution.lines
                == (valid
                    ? []
                    : [
                        "L2Advertisement l2: spec.preferredNodeSelectors[0].weight: \"\(weight)\" is no weight from 1 to 100"
                    ]))
    }

    @Test("lists with an entry twice, wrong selectors and an interface without name are refused")
    func wrong() {
        let resolution = resolve(
            advertisement(
                "l2",
                .init(
                    ipAddressPools: ["a", "a"], ipAddressPoolSelectors: [.label("site", "x"), .label("site", "x")],
                    nodeSelectors: [.expression("k", "In", "v", "v")],
                    preferredNodeSelectors: [.init(weight: 1, preference: .expression("k", "in", "v"))],
                    serviceSelectors: [.label("k", "not a value")], interfaces: ["eth0", ""])))
        #expect(
            resolution.problems.map(\.detail) == [
                "spec.nodeSelectors[0].matchExpressions[0].values[1]: \"v\" is the same as spec.nodeSelectors[0].matchExpressions[0].values[0]",
                "spec.serviceSelectors[0].matchLabels[k]: \"not a value\" is no label value: it has at most 63 letters, digits, '-', '_', '.', the first and last no sign",
                "spec.interfaces[1]: \"\" is no name of an interface",
                "spec.preferredNodeSelectors[0].preference.matchExpressions[0].operator: \"in\" is no operator; there are In, NotIn, Exists and DoesNotExist",
                "spec.ipAddressPools[1]: \"a\" is the same as spec.ipAddressPools[0]",
                "spec.ipAddressPoolSelectors[1]: selects the same as spec.ipAddressPoolSelectors[0]",
            ])
    }
}
