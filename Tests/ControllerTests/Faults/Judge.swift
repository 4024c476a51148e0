import Addresses
import Allocation
import Controller
import KubernetesObjects

/// Judges a cluster at rest by the rules alone (MetalLB 3.3 and 3.4), from what the API shows; and what the controller
/// that works believes, by that.
struct Judge {
    /// A LoadBalancer, read by hand.
    private struct Party {
        var key: ObjectKey
        var addresses: [String]
        var pool: String?
        var explicit: String?
        var sharingKey: String
        var backend: String
        var ports: Set<Int>
        var namedPool: String?

        func shares(with other: Party) -> Bool {
            !sharingKey.isEmpty && sharingKey == other.sharingKey && backend == other.backend
                && ports.isDisjoint(with: other.ports)
        }
    }

    private let parties: [Party]
    private let pools: [IPAddressPool]
    private(set) var faults: [String] = []

    init(_ server: LabServer, working session: ControllerSession) {
        var server = server
        let services = server.list(Service.self, "services").0
        pools = server.list(IPAddressPool.self, "ipaddresspools").0
        parties = services.filter { $0.spec.type == "LoadBalancer" }.map(Self.party)
        for service in services where service.spec.type != "LoadBalancer" {
            if !(service.status.loadBalancer?.ingress ?? []).isEmpty {
                faults.append("\(service.key) is no LoadBalancer and has an address")
            }
        }
        judgeHolders()
        for party in parties where party.addresses.isEmpty { judgeWaiting(party) }
        judgePools()
        judgeBook(session.state.allocator, services.map(\.key))
        let state = server.object(
            ConfigurationState.self, "configurationstates",
            ObjectKey(namespace: LabServer.namespace, name: "controller"))
        if state?.status.result != "Valid" {
            faults.append("the state of the configuration is \(state?.status.result ?? "not told")")
        }
    }

    private static func party(_ service: Service) -> Party {
        let annotations = service.metadata.annotations
        let isLocal = service.spec.externalTrafficPolicy == "Local"
        return Party(
            key: service.key,
            addresses: (service.status.loadBalancer?.ingress ?? []).map { $0.ip ?? $0.hostname ?? "" },
            pool: annotations["metallb.io/ip-allocated-from-pool"],
            explicit: annotations["metallb.io/loadBalancerIPs"],
            sharingKey: annotations["metallb.io/allow-shared-ip"] ?? "",
            backend: isLocal ? (service.spec.selector ?? [:]).sorted { $0.key < $1.key }.description : "",
            ports: Set((service.spec.ports ?? []).map(\.port)), namedPool: annotations["metallb.io/address-pool"])
    }

    private func pool(of address: String) -> IPAddressPool? {
        guard let address = IPAddress(address) else { return nil }
        return pools.first { Self.addresses(of: $0).contains(address) }
    }

    private static func addresses(of pool: IPAddressPool) -> [IPAddress] {
        (pool.spec.addresses ?? []).flatMap { text -> [IPAddress] in
            let ends = text.split(separator: "-").compactMap { IPAddress(String($0)) }
            if ends.count == 2 {
                return (ends[0].bits...ends[1].bits).compactMap { IPAddress(family: .ipv4, bits: $0) }
            }
            // The ConfigMap's: a prefix of one or two addresses.
            let parts = text.split(separator: "/")
            guard let first = parts.first.flatMap({ IPAddress(String($0)) }) else { return [] }
            let count: UInt128 = parts.last == "31" ? 2 : 1
            return (0..<count).compactMap { IPAddress(family: .ipv4, bits: first.bits + $0) }
        }
    }

    private mutating func judgeHolders() {
        for (index, party) in parties.enumerated() {
            if party.addresses.count > 1 { faults.append("\(party.key) has \(party.addresses)") }
            guard let address = party.addresses.first else { continue }
            let pool = pool(of: address)?.metadata.name
            if pool == nil || pool != party.pool {
                faults.append(
                    "\(party.key) has \(address) of \(pool ?? "no pool"), and says \(party.pool ?? "nothing")")
            }
            if let explicit = party.explicit, explicit != address {
                faults.append("\(party.key) has \(address) and asks for \(explicit)")
            }
            if let named = party.namedPool, named != pool { faults.append("\(party.key) is not in pool \(named)") }
            for other in parties[(index + 1)...]
            where other.addresses.contains(address) && !party.shares(with: other) {
                faults.append("\(address) is of \(party.key) and of \(other.key)")
            }
        }
    }

    private func canHave(_ address: String, _ party: Party) -> Bool {
        parties.allSatisfy { $0.key == party.key || !$0.addresses.contains(address) || $0.shares(with: party) }
    }

    private mutating func judgeWaiting(_ party: Party) {
        if let explicit = party.explicit {
            guard let pool = pool(of: explicit), party.namedPool ?? pool.metadata.name == pool.metadata.name,
                canHave(explicit, party)
            else { return }
            faults.append("\(party.key) waits and could have \(explicit)")
            return
        }
        for pool in pools
        where party.namedPool.map({ $0 == pool.metadata.name }) ?? (pool.spec.autoAssign ?? true) {
            if let address = Self.addresses(of: pool).first(where: { canHave($0.description, party) }) {
                faults.append("\(party.key) waits and could have \(address) of \(pool.metadata.name)")
                return
            }
        }
    }

    /// Each pool says how full it is.
    private mutating func judgePools() {
        let taken = Set(parties.flatMap(\.addresses))
        for pool in pools {
            let count = Self.addresses(of: pool).count { taken.contains($0.description) }
            if pool.status?.assignedIPv4 ?? -1 != Int64(count) {
                faults.append(
                    "pool \(pool.metadata.name) says \(pool.status?.assignedIPv4 ?? -1), and \(count) are taken")
            }
        }
    }

    /// Nothing is held that no status has, and the other way round.
    private mutating func judgeBook(_ allocator: Allocator, _ services: [ObjectKey]) {
        for party in parties {
            let held = allocator.addresses(of: party.key).map(\.description)
            if held != party.addresses { faults.append("\(party.key) has \(party.addresses), by the book \(held)") }
        }
        let holders = parties.count { !$0.addresses.isEmpty }
        if allocator.assignmentCount != holders {
            faults.append("\(allocator.assignmentCount) Services hold addresses by the book, in truth \(holders)")
        }
    }
}
