import Addresses
import KubernetesObjects

/// Gives a Service its families, cluster IPs and node ports, one step after the other
/// (`pkg/registry/core/service/storage/alloc.go`).
struct ServiceAllocation {
    static let addressPool = "clusterIP"
    /// kube-apiserver's `--service-node-port-range`.
    static let nodePorts: ClosedRange<Int64> = 30_000...32_767

    static func reservation(_ port: Int64, _ transport: String) -> Reservation {
        Reservation(pool: "nodePort/\(transport)", value: String(port))
    }

    let name: String
    var spec: JSONValue
    let old: JSONValue?
    let ranges: [ServiceRange]

    private var isDualStack: Bool { ranges.count > 1 }

    private func refusal(_ causes: [APIStatus.Cause]) -> APIStatus {
        .invalid(group: "", kind: "Service", name: name, causes: causes)
    }

    // MARK: - Families

    /// Sets `ipFamilyPolicy` and `ipFamilies` from what is said (`initIPFamilyFields`).
    mutating func settleFamilies() throws(APIStatus) {
        guard spec.needsClusterIP else { return }
        trimToSingleStack()
        let addresses = spec.textList("clusterIPs")
        var families = spec.textList("ipFamilies")
        let isHeadlessWithoutSelector = spec.isHeadless && spec.texts("selector").isEmpty
        var policy = spec.text("ipFamilyPolicy")
        if policy.isEmpty {
            let namesTwo = addresses.count > 1 || families.count > 1
            policy = namesTwo || isHeadlessWithoutSelector ? "RequireDualStack" : "SingleStack"
        }
        if policy == "RequireDualStack", !isDualStack, !isHeadlessWithoutSelector {
            throw refusal([
                .invalid(
                    "spec.ipFamilyPolicy", value: quoted(policy),
                    "this cluster is not configured for dual-stack services")
            ])
        }
        for (index, address) in addresses.enumerated() where address != "None" && families.count == index {
            if let family = IPAddress(address)?.family { families.append(family.rawValue) }
        }
        for (index, family) in families.enumerated() where !ranges.contains(where: { $0.family == family }) {
            if isHeadlessWithoutSelector { continue }
            throw refusal([
                .invalid(
                    "spec.ipFamilies[\(index)]", value: quoted(family), "not configured on this cluster")
            ])
        }
        if families.isEmpty { families = ranges.first.map { [$0.family] } ?? [] }
        let wantsTwo = policy != "SingleStack" && (isDualStack || isHeadlessWithoutSelector)
        if wantsTwo, families.count == 1 {
            families.append(families[0] == "IPv4" ? "IPv6" : "IPv4")
        }
        spec["ipFamilyPolicy"] = .string(policy)
        spec["ipFamilies"] = .array(families.map(JSONValue.string))
    }

    /// A change to one family lets the second address go, if the client left the lists as they were.
    private mutating func trimToSingleStack() {
        guard let old, spec.text("ipFamilyPolicy") == "SingleStack", old.text("ipFamilyPolicy") != "SingleStack" else {
            return
        }
        for member in ["clusterIPs", "ipFamilies"] where spec[member] == old[member] {
            spec[member] = .array(Array(spec.elements(member).prefix(1)))
        }
    }

    // MARK: - Cluster IPs

    mutating func takeClusterIPs(_ context: inout KindContext) throws(APIStatus) {
        guard spec.needsClusterIP else { return }
        if spec.isHeadless {
            spec["clusterIP"] = "None"
            spec["clusterIPs"] = ["None"]
            return
        }
        var addresses = spec.textList("clusterIPs")
        for (index, family) in spec.textList("ipFamilies").enumerated() {
            if addresses.indices.contains(index), !addresses[index].isEmpty {
                try check(addresses[index], addresses, context)
                continue
            }
            guard let range = ranges.first(where: { $0.family == family }) else { continue }
            let stored = context.stored
            let found = range.free(&context.random) {
                stored.holder(of: Reservation(pool: Self.addressPool, value: $0)) != nil
            }
            guard let found else {
                throw APIStatus(
                    code: 500, reason: "InternalError",
                    message:
                        "Internal error occurred: failed to allocate a serviceIP: range is full",
                    details: .init(causes: [.init(reason: "", message: "failed to allocate a serviceIP: range is full")]
                    ))
            }
            addresses.append(found)
        }
        spec["clusterIPs"] = .array(addresses.map(JSONValue.string))
        spec["clusterIP"] = addresses.first.map(JSONValue.string)
    }

    /// An address that the client chose must be in the range and free.
    private func check(_ address: String, _ all: [String], _ context: KindContext) throws(APIStatus) {
        if old?.textList("clusterIPs").contains(address) == true { return }
        let list = "[]string{\(all.map(quoted).joined(separator: ", "))}"
        guard let parsed = IPAddress(address), let range = ranges.first(where: { $0.family == parsed.family.rawValue })
        else { return }
        guard range.prefix.contains(parsed) else {
            throw refusal([
                .invalid(
                    "spec.clusterIPs", value: list,
                    "failed to allocate IP \(address): the provided IP (\(address)) is not in the valid range. The range of valid IPs is \(range.prefix)"
                )
            ])
        }
        if let holder = context.stored.holder(of: Reservation(pool: Self.addressPool, value: address)),
            holder != context.key
        {
            throw refusal([
                .invalid(
                    "spec.clusterIPs", value: list, "failed to allocate IP \(address): provided IP is already allocated"
                )
            ])
        }
    }

    // MARK: - Node ports

    mutating func takeNodePorts(_ context: inout KindContext) throws(APIStatus) {
        var taken: Set<Reservation> = []
        if spec.needsNodePort || spec.elements("ports").contains(where: { $0.number("nodePort") != 0 }) {
            var ports = spec.elements("ports")
            for (index, port) in ports.enumerated() where port.number("nodePort") != 0 {
                let reservation = Self.reservation(port.number("nodePort"), port.text("protocol"))
                try checkPort(port.number("nodePort"), "spec.ports[\(index)].nodePort", reservation, context)
                taken.insert(reservation)
            }
            if spec.needsNodePort {
                for index in ports.indices where ports[index].number("nodePort") == 0 {
                    ports[index]["nodePort"] = .int(try freePort(for: ports[index], in: ports, &taken, &context))
                }
            }
            spec["ports"] = ports.isEmpty ? nil : .array(ports)
        }
        guard spec.needsHealthCheckNodePort else { return }
        let wanted = spec.number("healthCheckNodePort")
        if wanted != 0 {
            try checkPort(wanted, "spec.healthCheckNodePort", Self.reservation(wanted, "TCP"), context)
        } else {
            spec["healthCheckNodePort"] = .int(try freePort(for: ["protocol": "TCP"], in: [], &taken, &context))
        }
    }

    /// One port number serves several protocols of one service port, as for DNS over UDP and TCP.
    private func freePort(
        for port: JSONValue, in ports: [JSONValue], _ taken: inout Set<Reservation>, _ context: inout KindContext
    ) throws(APIStatus) -> Int64 {
        let transport = port.text("protocol")
        func isFree(_ number: Int64) -> Bool {
            let reservation = Self.reservation(number, transport)
            guard !taken.contains(reservation) else { return false }
            return context.stored.holder(of: reservation).map { $0 == context.key } ?? true
        }
        let twin = ports.first { $0["port"] == port["port"] && $0.number("nodePort") != 0 }?.number("nodePort")
        var found = twin.flatMap { isFree($0) ? $0 : nil }
        if found == nil {
            for _ in 0..<64 where found == nil {
                let tried = Int64.random(in: Self.nodePorts, using: &context.random)
                if isFree(tried) { found = tried }
            }
            found = found ?? Self.nodePorts.first(where: isFree)
        }
        guard let found else {
            throw APIStatus(
                code: 500, reason: "InternalError",
                message: "Internal error occurred: failed to allocate a nodePort: range is full", details: .init())
        }
        taken.insert(Self.reservation(found, transport))
        return found
    }

    private func checkPort(
        _ number: Int64, _ place: String, _ reservation: Reservation, _ context: KindContext
    ) throws(APIStatus) {
        guard Self.nodePorts.contains(number) else {
            throw refusal([
                .invalid(
                    place, value: "\(number)",
                    "provided port is not in the valid range. The range of valid ports is \(Self.nodePorts.lowerBound)-\(Self.nodePorts.upperBound)"
                )
            ])
        }
        if let holder = context.stored.holder(of: reservation), holder != context.key {
            throw refusal([.invalid(place, value: "\(number)", "provided port is already allocated")])
        }
    }
}
