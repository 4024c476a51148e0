import Addresses
import ClusterConfiguration
import KubernetesObjects
import Testing

@Suite("Pools")
struct PoolResolutionTests {
    @Test("a pool keeps its entries' order, its labels and what is left out has MetalLB's defaults")
    func defaults() throws {
        let resolution = Configuration.resolve(
            ConfigurationResources(pools: [
                pool("b", "10.0.1.5-10.0.1.9", "2001:db8::/120", "10.0.0.0/24", labels: ["site": "x"])
            ]))
        let resolved = try #require(resolution.configuration?.pools.first)
        #expect(
            resolved.ranges.map(\.description) == [
                "10.0.1.5-10.0.1.9", "2001:db8::-2001:db8::ff", "10.0.0.0-10.0.0.255",
            ])
        #expect(resolved.labels == ["site": "x"])
        #expect(resolved.autoAssign && !resolved.avoidBuggyIPs && resolved.serviceAllocation == nil)
    }

    @Test("pools come in order of name, whatever the order of the resources")
    func order() {
        let pools = [pool("c", "10.0.3.0/24"), pool("a", "10.0.1.0/24"), pool("b", "10.0.2.0/24")]
        let one = Configuration.resolve(ConfigurationResources(pools: pools))
        #expect(one.configuration?.pools.map(\.name) == ["a", "b", "c"])
        #expect(one == Configuration.resolve(ConfigurationResources(pools: pools.reversed())))
    }

    @Test("no resources are a configuration, an empty one")
    func nothing() {
        #expect(Configuration.resolve(ConfigurationResources()).result == .success(Configuration()))
    }

    @Test("a pool without addresses is refused", arguments: [nil, []] as [[String]?])
    func empty(addresses: [String]?) {
        let pool = IPAddressPool(metadata: ObjectMeta(name: "void"), spec: .init(addresses: addresses))
        #expect(
            Configuration.resolve(ConfigurationResources(pools: [pool])).lines == [
                "IPAddressPool void: spec.addresses: the pool is empty: it needs at least one prefix or range"
            ])
    }

    @Test("every wrong entry of every pool is reported with its place, not only the first")
    func all() {
        let resolution = Configuration.resolve(
            ConfigurationResources(pools: [
                pool("b", "10.0.0.9-10.0.0.1", "10.1.0.0/24"), pool("a", "x", "10.2.0.0/33"),
            ]))
        #expect(
            resolution.lines == [
                "IPAddressPool a: spec.addresses[0]: \"x\" is neither a prefix nor a range: write a prefix such as 192.0.2.0/24 or a range such as 192.0.2.10-192.0.2.20",
                "IPAddressPool a: spec.addresses[1]: \"10.2.0.0/33\" has no prefix length of IPv4, a number from 0 to 32, after the slash",
                "IPAddressPool b: spec.addresses[0]: \"10.0.0.9-10.0.0.1\" ends before it starts: write 10.0.0.1-10.0.0.9",
            ])
        #expect(resolution.configuration == nil)
    }

    @Test("a prefix with host bits set is taken for its network, with a warning, so that MetalLB's pools stay valid")
    func hostBits() {
        let resolution = Configuration.resolve(ConfigurationResources(pools: [pool("a", "10.2.0.1/24")]))
        #expect(resolution.configuration?.pools.first?.ranges.map(\.description) == ["10.2.0.0-10.2.0.255"])
        #expect(
            resolution.warnings.map(\.description).first
                == "IPAddressPool a: spec.addresses[0]: \"10.2.0.1/24\" has host bits set and counts as the whole network: write 10.2.0.0/24 for that, 10.2.0.1/32 for this address alone"
        )
    }

    @Test("a pool that overlaps itself is refused")
    func overlapsItself() {
        #expect(
            Configuration.resolve(ConfigurationResources(pools: [pool("a", "10.0.0.0/24", "10.0.0.250-10.0.1.9")]))
                .lines == [
                    "IPAddressPool a: spec.addresses[1]: \"10.0.0.250-10.0.1.9\" overlaps with \"10.0.0.0/24\", spec.addresses[0] of the same pool"
                ])
    }

    @Test("pools that overlap are refused, each of them with the other's name")
    func overlapsAnother() {
        let resolution = Configuration.resolve(
            ConfigurationResources(pools: [
                pool("wide", "10.0.0.0/8"), pool("narrow", "192.0.2.0/24", "10.0.0.0/24"),
                pool("other", "10.255.255.255/32"),
            ]))
        #expect(
            resolution.lines == [
                "IPAddressPool narrow: spec.addresses[1]: \"10.0.0.0/24\" overlaps with \"10.0.0.0/8\", spec.addresses[0] of IPAddressPool wide",
                "IPAddressPool other: spec.addresses[0]: \"10.255.255.255/32\" overlaps with \"10.0.0.0/8\", spec.addresses[0] of IPAddressPool wide",
                "IPAddressPool wide: spec.addresses[0]: \"10.0.0.0/8\" overlaps with \"10.0.0.0/24\", spec.addresses[1] of IPAddressPool narrow",
                "IPAddressPool wide: spec.addresses[0]: \"10.0.0.0/8\" overlaps with \"10.255.255.255/32\", spec.addresses[0] of IPAddressPool other",
            ])
    }

    @Test("pools side by side and of two families do not overlap")
    func besides() {
        let resolution = Configuration.resolve(
            ConfigurationResources(pools: [
                pool("a", "10.0.0.0/25", "::/96"), pool("b", "10.0.0.128/25"), pool("c", "0.0.0.0-0.0.0.9"),
            ]))
        #expect(resolution.problems.isEmpty)
    }

    @Test("an allocation keeps its lists, and its priority is 0 where none is given")
    func allocation() {
        var pinned = pool("p", "10.0.0.0/24")
        pinned.spec.serviceAllocation = .init(
            namespaces: ["a", "b"], namespaceSelectors: [.label("team", "x")],
            serviceSelectors: [.expression("app", "Exists")])
        let resolution = Configuration.resolve(ConfigurationResources(pools: [pinned]))
        #expect(
            resolution.configuration?.pools.first?.serviceAllocation
                == .init(
                    priority: 0, namespaces: ["a", "b"], namespaceSelectors: [.label("team", "x")],
                    serviceSelectors: [.expression("app", "Exists")]))
    }

    @Test("an allocation with a name twice, a name that is none or a wrong selector is refused")
    func wrongAllocation() {
        var pinned = pool("p", "10.0.0.0/24")
        pinned.spec.serviceAllocation = .init(
            namespaces: ["a", "B_c", "a"],
            namespaceSelectors: [
                .label("team", "x"), .expression("team", "In", "x"), .expression("team", "Near", "x"),
            ],
            serviceSelectors: [.expression("app", "In"), .expression("a b", "Exists", "y")])
        #expect(
            Configuration.resolve(ConfigurationResources(pools: [pinned])).problems.map(\.detail) == [
                "spec.serviceAllocation.namespaces[2]: \"a\" is the same as spec.serviceAllocation.namespaces[0]",
                "spec.serviceAllocation.namespaces[1]: \"B_c\" is no name of a namespace",
                "spec.serviceAllocation.namespaceSelectors[1]: selects the same as spec.serviceAllocation.namespaceSelectors[0]",
                "spec.serviceAllocation.namespaceSelectors[2].matchExpressions[0].operator: \"Near\" is no operator; there are In, NotIn, Exists and DoesNotExist",
                "spec.serviceAllocation.serviceSelectors[0].matchExpressions[0].values: In needs a value",
                "spec.serviceAllocation.serviceSelectors[1].matchExpressions[0].key: \"a b\" is no label key: a name has 1 to 63 letters, digits, '-', '_', '.', the first and last no sign",
                "spec.serviceAllocation.serviceSelectors[1].matchExpressions[0].values: Exists takes no values",
            ])
    }

    @Test("two pools of one name, as files may hold them, are refused")
    func twice() {
        #expect(
            Configuration.resolve(ConfigurationResources(pools: [pool("a", "10.0.0.0/24"), pool("a", "10.0.1.0/24")]))
                .lines == [
                    "IPAddressPool a: metadata.name: \"a\" is the name of another object of the kind"
                ])
    }

    @Test("a value as long as a novel and with line breaks makes one short line")
    func long() throws {
        let resolution = Configuration.resolve(
            ConfigurationResources(pools: [pool("a", "x\n" + String(repeating: "y", count: 1_000_000))]))
        let line = try #require(resolution.lines.first)
        #expect(line.count < 300 && !line.contains("\n"))
    }
}
