import Addresses
import Allocation
import Benchmarking
import Controller
import KubernetesClient
import KubernetesObjects
import LabAPI
import Testing

/// A history from a seed: Services are divided and deleted, pools change hands, NodePools come and go, the controller dies
/// half-way. At rest the rules hold, by what the API shows.
private struct PoolHistory {
    var pools = PoolScenario.twoSites()
    var random: SplitMix
    private(set) var trace: [String] = []

    init(seed: UInt64) { random = SplitMix(seed: seed) }

    mutating func run(actions: Int) -> [String] {
        for _ in 0..<actions {
            act()
            if Int.random(in: 0..<4, using: &random) == 0 {
                // It dies somewhere in the middle of what follows.
                for _ in 0..<Int.random(in: 0...3, using: &random) { _ = pools.lab.work() }
                pools.lab.restart()
                trace.append("the controller restarts")
            }
            pools.settle()
            let found = faults
            if !found.isEmpty { return found }
        }
        return []
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: 0..<values.count, using: &random)]
    }

    private mutating func act() {
        let name = pick(["a", "b", "c"])
        switch Int.random(in: 0..<10, using: &random) {
        case 0..<4:
            let wish: String? = pick([nil, nil, "192.0.2.1", "198.51.100.2", "192.0.2.2,198.51.100.1"])
            let key: String? = pick([nil, "k"])
            trace.append("\(name) wants \(wish ?? "any"), key \(key ?? "none")")
            let isNew = pools.lab.service(name) == nil
            let annotations = ["service.openyurt.io/vip": wish, "metallb.io/allow-shared-ip": key]
            pools.apply(name, annotations, isNew ? ["ports": Scenario.ports(pick([80, 443]))] : [:])
        case 4..<6:
            guard pools.lab.service(name) != nil else { return }
            trace.append("\(name) is deleted")
            pools.lab.send("DELETE", LabServer.path("services", "default", name))
        case 6..<8:
            let (pool, ranges) = pick([
                ("shop-lan", ["192.0.2.1-192.0.2.2", "192.0.2.2-192.0.2.3"]),
                ("plant-lan", ["198.51.100.1-198.51.100.2", "198.51.100.2/32"]),
            ])
            let (range, owner) = (pick(ranges), pick(["shop", "plant"]))
            trace.append("\(pool) has \(range) for \(owner)")
            pools.addresses(pool, range, for: owner)
        default:
            let isThere =
                pools.lab.server.object(NodePool.self, "nodepools", .init(namespace: "", name: "plant")) != nil
            trace.append(isThere ? "the plant goes" : "the plant is there")
            if isThere { pools.deleteNodePool("plant") } else { pools.nodePool("plant") }
        }
    }

    /// What breaks a rule.
    private var faults: [String] {
        var found: [String] = []
        var server = pools.lab.server
        let poolServices = pools.poolServices
        let owners = server.list(IPAddressPool.self, "ipaddresspools").0.map { pool in
            let ranges = (pool.spec.addresses ?? []).compactMap { text -> IPRange? in
                let ends = text.split(separator: "-").compactMap { IPAddress(String($0)) }
                return ends.count == 2 ? IPRange(ends[0], ends[1]) : IPPrefix(text)?.range
            }
            return (ranges, pool.metadata.labels["toono.io/nodepool"])
        }
        for poolService in poolServices {
            let name = poolService.metadata.name
            let addresses = (poolService.status.loadBalancer?.ingress ?? []).compactMap {
                $0.ip.flatMap(IPAddress.init)
            }
            if addresses.count > 1 { found.append("\(name) has \(addresses)") }
            for address in addresses {
                let owner = owners.first { $0.0.contains { $0.contains(address) } }?.1
                if owner != poolService.nodePool { found.append("\(name) has \(address) of \(owner ?? "nobody")") }
                let others = pools.lab.replica.session.state.allocator.users(of: address)
                if !others.contains(poolService.holderKey) { found.append("\(name) has \(address) past the book") }
                if others.count > 1, key(poolService) == nil { found.append("\(address) is of \(others)") }
            }
            if addresses.isEmpty, pools.refusal(name) == nil { found.append("\(name) has nothing, and no reason") }
            if !poolService.isHeld { found.append("\(name) is not held") }
        }
        let holders = poolServices.count { $0.status.loadBalancer?.ingress?.isEmpty == false }
        let booked = pools.lab.replica.session.state.allocator.assignmentCount
        if holders != booked { found.append("\(booked) hold addresses by the book, in truth \(holders)") }
        for service in server.list(Service.self, "services").0 {
            let own = poolServices.filter { $0.serviceKey == service.key }
            let expected = own.flatMap { $0.status.loadBalancer?.ingress ?? [] }.compactMap(\.ip).sorted()
            let shown = (service.status.loadBalancer?.ingress ?? []).compactMap(\.ip)
            if shown != expected { found.append("\(service.key) shows \(shown), and its pools have \(expected)") }
            if service.metadata.deletionTimestamp != nil { found.append("\(service.key) does not go") }
        }
        return found
    }

    private func key(_ poolService: PoolService) -> String? {
        poolService.serviceKey.flatMap { pools.lab.service($0.name) }?.metadata.annotations[
            "metallb.io/allow-shared-ip"]
    }
}

@Suite("Any history of node pools")
struct PoolServiceHistories {
    @Test("addresses are of the own pool, once or shared by a key, none is leaked, and the Service shows them all")
    func holds() {
        for seed in 1...40 as ClosedRange<UInt64> {
            var history = PoolHistory(seed: seed)
            let faults = history.run(actions: 15)
            if faults.isEmpty { continue }
            Issue.record("seed \(seed): \(faults.joined(separator: "; "))\n\(history.trace.joined(separator: "\n"))")
            return
        }
    }
}
