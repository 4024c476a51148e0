import Addresses
import ClusterConfiguration
import Eligibility
import KubernetesObjects
import RoutePlanning
import Testing

@Suite("How much an update costs")
struct IncrementTests {
    static func name(_ index: Int) -> String { "10.20.30.\(index)" }

    @Test("a change of one Service decides about that one, a change of the configuration about all")
    func one() throws {
        var site = Site()
        site.addPeer("peer1", "1.2.3.4")
        site.addAdvertisement("adv1")
        try site.configure()
        for index in 0..<200 { site.set("s\(index)", Self.name(index)) }
        let before = site.plan.decisionCount
        #expect(site.set("s7", Self.name(7), labels: ["a": "b"]).isEmpty)
        #expect(site.set("s8", Self.name(208)).lines.count == 2)
        #expect(site.plan.decisionCount == before + 2)
        // what decides nothing costs nothing
        #expect(site.set("s9", Self.name(9), endpoints: [Site.endpoint("iris"), Site.endpoint("zeus")]).isEmpty)
        #expect(site.plan.update().isEmpty && site.plan.decisionCount == before + 2)
        site.resources.bgpAdvertisements[0].spec.localPref = 7
        #expect(try site.configure().lines.count == 200)
        #expect(site.plan.decisionCount == before + 202)
    }

    /// Every change in any order leads to the plan that a node makes which learns everything at once.
    @Test("the plan depends on what is known, not on the way to it", arguments: 1...30 as ClosedRange<UInt64>)
    func history(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var site = Site()
        for number in 1...3 {
            site.addPeer("peer\(number)", "1.2.3.\(number)") {
                if number == 3 { $0.nodeSelectors = [.init(matchLabels: ["third": "yes"])] }
            }
        }
        try site.configure()
        var wanted: [String: (String, [String: String])] = [:]
        for _ in 0..<120 {
            let name = "s\(Int.random(in: 0..<12, using: &random))"
            switch Int.random(in: 0..<8, using: &random) {
            case 0:
                site.remove(name)
                wanted[name] = nil
            case 1:
                site.node.labels = Bool.random(using: &random) ? ["third": "yes"] : [:]
                try site.configure()
            case 2:
                site.resources.bgpAdvertisements = []
                site.addAdvertisement("net", .init(aggregationLength: 24, communities: ["9:9"]))
                for app in ["a", "b"] where Bool.random(using: &random) {
                    let peers = Bool.random(using: &random) ? nil : ["peer1", "peer3"]
                    site.addAdvertisement(
                        app,
                        .init(
                            localPref: UInt32.random(in: 1...2, using: &random),
                            communities: ["1:\(app == "a" ? 1 : 2)"],
                            peers: peers, serviceSelectors: [.init(matchLabels: ["app": app])]))
                }
                try site.configure()
            default:
                let labels = ["app": Bool.random(using: &random) ? "a" : "b"]
                let address = Self.name(Int.random(in: 1...4, using: &random))
                site.set(name, address, labels: labels)
                wanted[name] = (address, labels)
            }
            var told = site
            told.plan = RoutePlan(node: "pandora")
            for (name, (address, labels)) in wanted { told.set(name, address, labels: labels) }
            try told.configure()
            for peer in ["peer1", "peer2", "peer3"] {
                #expect(site.plan.routes(to: peer) == told.plan.routes(to: peer))
            }
            for index in 0..<12 { #expect(site.service("s\(index)") == told.service("s\(index)")) }
        }
    }

    /// What the changes say, put together, is what the tables say.
    @Test("whoever follows the changes has the tables", arguments: 1...10 as ClosedRange<UInt64>)
    func following(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var site = Site()
        site.addPeer("peer1", "1.2.3.4")
        site.addAdvertisement("net", .init(aggregationLength: 28))
        site.addAdvertisement("host", .init(communities: ["1:1"], serviceSelectors: AttributeTests.web))
        try site.configure()
        site.resources.pools[0].spec.addresses = (0..<16).map { "10.20.30.\($0 * 16)/28" }
        var table: [IPPrefix: RouteAttributes] = [:]
        var all = [try site.configure()]
        for _ in 0..<300 {
            let name = "s\(Int.random(in: 0..<30, using: &random))"
            if Int.random(in: 0..<3, using: &random) == 0 {
                all.append(site.remove(name))
            } else {
                let labels = Bool.random(using: &random) ? ["app": "web"] : [:]
                all.append(site.set(name, Self.name(Int.random(in: 0..<256, using: &random)), labels: labels))
            }
        }
        for change in all.compactMap({ $0.routes["peer1"] }) {
            for (prefix, attributes) in change.announced {
                #expect(table.updateValue(attributes, forKey: prefix) != attributes)
            }
            for prefix in change.withdrawn { #expect(table.removeValue(forKey: prefix) != nil) }
        }
        #expect(table == site.plan.routes(to: "peer1") && !table.isEmpty)
    }
}

/// SplitMix64: the same histories in every run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) { state = seed }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var mixed = state
        mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
        mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
        return mixed ^ (mixed >> 31)
    }
}
