import Addresses
import Allocation
import ClusterConfiguration
import KubernetesObjects
import Testing

/// What people and programs do to a cluster, at random from a seed.
struct Turmoil {
    var cluster = Cluster(loadBalancerClass: nil)
    private var random: SplitMix
    /// What broke a rule, with the number of the step.
    private(set) var faults: [String] = []

    init(seed: UInt64) {
        random = SplitMix(state: seed)
        changePools()
    }

    mutating func run(steps: Int) {
        for step in 1...steps {
            let what = act()
            faults += judge().map { "step \(step), \(what): \($0)" }
            if faults.count > 5 { return }
        }
    }

    private mutating func act() -> String {
        let key = ObjectKey(namespace: pick(["default", "shop"]), name: "s\(Int.random(in: 0..<14, using: &random))")
        switch Int.random(in: 0..<100, using: &random) {
        case 0..<55:
            applyService(key)
            return "apply \(key)"
        case 55..<75:
            cluster.delete(key)
            return "delete \(key)"
        case 75..<85:
            changePools()
            return "change pools"
        case 85..<89:
            cluster.setNamespace(pick(["default", "shop"]), pick([["team": "a"], ["team": "b"], [:]]))
            return "label a namespace"
        case 89..<94:
            cluster.now += .seconds(Int.random(in: 1..<40, using: &random))
            return "wait"
        default:
            let before = cluster.services
            cluster.restart()
            if cluster.services != before { faults.append("a restart moves an address") }
            return "restart"
        }
    }

    private mutating func applyService(_ key: ObjectKey) {
        var annotations: [String: String] = [:]
        if chance(0.15) { annotations["metallb.io/address-pool"] = pick(["a", "b", "c", "nowhere"]) }
        if chance(0.4) { annotations["metallb.io/allow-shared-ip"] = pick(["k", "l"]) }
        if chance(0.15) { annotations["toono.io/addresses-per-family"] = pick(["2", "3"]) }
        if chance(0.2) {
            annotations["metallb.io/loadBalancerIPs"] = pick([
                "10.0.0.3", "10.0.0.20", "2001:db8::3", "10.0.0.5,2001:db8::5", "192.0.2.1",
            ])
        }
        var wanted = service(key.name, namespace: key.namespace, annotations: annotations)
        wanted.metadata.labels = pick([[:], ["tier": "edge"]])
        wanted.spec.clusterIPs = pick([
            ["10.96.0.1"], ["10.96.0.1", "fd00::1"], ["fd00::1"], ["fd00::1", "10.96.0.1"],
        ])
        if wanted.spec.clusterIPs?.count == 2, chance(0.4) { wanted.spec.ipFamilyPolicy = "RequireDualStack" }
        wanted.spec.ports = pick([[.init(port: 80)], [.init(port: 443)], [.init(port: 80), .init(port: 443)]])
        if chance(0.2) { wanted.spec.externalTrafficPolicy = "Local" }
        wanted.spec.selector = pick([["app": "a"], ["app": "b"]])
        if chance(0.08) { wanted.spec.type = "NodePort" }
        if chance(0.08) { wanted.spec.loadBalancerClass = "other" }
        if let present = cluster.services[key] { wanted.status = present.status }
        cluster.apply(wanted)
    }

    /// Deals small blocks of addresses out to three pools, or to none.
    private mutating func changePools() {
        var ranges: [String: [IPRange]] = [:]
        for block in 0..<6 {
            let first = UInt32(0x0A00_0000 + block * 4)
            guard let range = IPRange(IPAddress(v4: first), IPAddress(v4: first + 3)) else { continue }
            ranges[pick(["a", "b", "c", "none"]), default: []].append(range)
        }
        for block in 0..<3 {
            let first = UInt128(0x2001_0db8) << 96 + UInt128(block * 4)
            guard let range = IPRange(IPAddress(v6: first), IPAddress(v6: first + 3)) else { continue }
            ranges[pick(["a", "b", "c", "none"]), default: []].append(range)
        }
        var pools: [AddressPool] = []
        for name in ["a", "b", "c"] where chance(0.9) {
            guard let blocks = ranges[name] else { continue }
            var pool = AddressPool(name: name, ranges: blocks)
            pool.autoAssign = !chance(0.15)
            pool.avoidBuggyIPs = chance(0.3)
            if chance(0.3) { pool.serviceAllocation = allocation() }
            pools.append(pool)
        }
        cluster.setPools(pools)
    }

    private mutating func allocation() -> AddressPool.ServiceAllocation {
        AddressPool.ServiceAllocation(
            priority: Int.random(in: -1...2, using: &random), namespaces: pick([[], ["shop"]]),
            namespaceSelectors: pick([[], [LabelSelector(matchLabels: ["team": "a"])]]),
            serviceSelectors: pick([[], [LabelSelector(matchLabels: ["tier": "edge"])]]))
    }

    private func judge() -> [String] {
        let referee = Referee(cluster)
        var faults = referee.faults
        for (key, service) in cluster.services {
            let held = cluster.allocator.addresses(of: key).map(\.description)
            if held != cluster.addresses(key) { faults.append("\(key) has \(held) by the book") }
            let isOurs = service.spec.type == "LoadBalancer" && service.spec.loadBalancerClass == nil
            if !isOurs, !held.isEmpty { faults.append("\(key) is not ours and has \(held)") }
        }
        let holders = referee.parties.count { !$0.addresses.isEmpty }
        if cluster.allocator.assignmentCount != holders { faults.append("the book has strangers in it") }
        for usage in cluster.allocator.usage {
            let taken = referee.users.keys.filter { address in
                cluster.pools.contains { pool in
                    pool.name == usage.pool && pool.ranges.contains { $0.contains(address) }
                }
            }
            if usage.assignedIPv4 + usage.assignedIPv6 != taken.count {
                faults.append("pool \(usage.pool) counts \(usage), and \(taken.count) are taken")
            }
        }
        return faults
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    private mutating func chance(_ probability: Double) -> Bool {
        Double.random(in: 0..<1, using: &random) < probability
    }
}

/// Sebastiano Vigna's SplitMix64: the same numbers from the same seed everywhere.
struct SplitMix: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var value = state
        value = (value ^ (value >> 30)) &* 0xBF58_476D_1CE4_E5B9
        value = (value ^ (value >> 27)) &* 0x94D0_49BB_1331_11EB
        return value ^ (value >> 31)
    }
}

@Suite("Any sequence of changes")
struct SequenceTests {
    @Test(
        "after each of a thousand changes no address has two owners against the rules, none is leaked, whoever could have one has one, and a restart moves nothing",
        arguments: 1...3 as ClosedRange<UInt64>)
    func holds(seed: UInt64) {
        var turmoil = Turmoil(seed: seed)
        turmoil.run(steps: 1000)
        #expect(turmoil.faults == [])
        #expect(turmoil.cluster.log.count > 1000)
    }

    /// The number was printed by another process: Swift hashes differently in each, so that an answer which depends on
    /// the order of a set or dictionary shows. A change of the rules may change it.
    @Test("the same changes give the same answers, also in another process")
    func replays() {
        var first = Turmoil(seed: 2026)
        first.run(steps: 500)
        var second = Turmoil(seed: 2026)
        second.run(steps: 500)
        #expect(first.cluster.log == second.cluster.log)
        #expect(Self.fingerprint(first.cluster.log) == 11_931_271_917_625_021_883)
    }

    /// FNV-1a.
    private static func fingerprint(_ lines: [String]) -> UInt64 {
        lines.joined(separator: "\n").utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
