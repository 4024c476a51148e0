package import KubernetesObjects

/// The lab's stand-in for kube-proxy: nftables rules that send a Service's traffic to its endpoints.
///
/// Cluster addresses, load-balancer addresses and node ports, in a table for each family. Endpoints on the node itself come
/// first, as with `trafficDistribution: PreferClose`; others are used when there is none. Under
/// `externalTrafficPolicy: Local` only the node's own are used and the client's address is kept; else connections are
/// masqueraded, as kube-proxy does.
///
/// Services and endpoints are what YurtHub would let kube-proxy see on the node, by the node pools of `nodes`.
package struct ProxyRules: Sendable {
    /// The table that holds the rules: replaced as a whole, so that packets see the old rules or the new ones.
    package static let table = "toono_lab_proxy"

    private let node: String
    private let services: [Service]
    private let slices: [ObjectKey: [EndpointSlice]]
    /// The nodes that are in a node pool.
    private let nodePools: [String: String]

    /// Rules for one node over all Services and slices.
    package init(
        node: String, services: some Sequence<Service>, slices: some Sequence<EndpointSlice>, nodes: [Node] = []
    ) {
        self.node = node
        let own = nodes.first { $0.metadata.name == node }?.metadata.labels ?? [:]
        nodePools = nodes.reduce(into: [:]) { $0[$1.metadata.name] = $1.metadata.labels[OpenYurt.nodePoolLabel] }
        self.services = services.filter { service in
            if service.isDiscardedAtEdge, own[OpenYurt.edgeWorkerLabel] == "true" { return false }
            guard let listeners = service.listeners, let pool = own[OpenYurt.nodePoolLabel] else { return true }
            return listeners.admits(pool)
        }.sorted { $0.key < $1.key }
        self.slices = Dictionary(grouping: slices.filter { $0.serviceKey != nil }) {
            $0.serviceKey ?? ObjectKey(namespace: "", name: "")
        }
    }

    /// The input for `nft -f -`.
    package var text: String { Family.allCases.map(table(of:)).joined() }

    /// A family as nftables writes it.
    private enum Family: String, CaseIterable, CustomStringConvertible {
        case ip, ip6

        var description: String { rawValue }
        var addressType: String { self == .ip ? "IPv4" : "IPv6" }

        func has(_ address: String) -> Bool { address.contains(":") == (self == .ip6) }

        /// An endpoint as a destination; the colons of an IPv6 address need brackets.
        func destination(_ backend: Backend) -> String {
            self == .ip ? "\(backend.address):\(backend.port)" : "[\(backend.address)]:\(backend.port)"
        }
    }

    private func table(of family: Family) -> String {
        let rules = services.flatMap { self.rules(for: $0, family) }
        return """
            table \(family) \(Self.table)
            delete table \(family) \(Self.table)
            table \(family) \(Self.table) {
              chain services {
            \(rules.map { "    " + $0 }.joined(separator: "\n"))
              }
              chain prerouting { type nat hook prerouting priority dstnat; jump services; }
              chain output { type nat hook output priority -100; jump services; }
              chain postrouting { type nat hook postrouting priority srcnat; meta mark and 0x4000 != 0 masquerade; }
            }

            """
    }

    private func rules(for service: Service, _ family: Family) -> [String] {
        let vips = (service.status.loadBalancer?.ingress ?? []).compactMap(\.ip).filter(family.has)
        let clusterIPs = service.clusterAddresses.filter(family.has)
        return (service.spec.ports ?? []).flatMap { port -> [String] in
            let transport = (port.transport ?? "TCP").lowercased()
            guard transport == "tcp" || transport == "udp" else { return [] }
            let all = backends(of: service, port: port, family)
            let local = all.filter { $0.node == node }
            let near = local.isEmpty ? all : local
            let outside = service.hasLocalTrafficPolicy ? local : near
            let mark = service.hasLocalTrafficPolicy ? "" : "meta mark set meta mark or 0x4000 "
            let target = Self.target(outside, family)
            var lines: [String] = []
            for address in clusterIPs where !near.isEmpty {
                lines.append("\(family) daddr \(address) \(transport) dport \(port.port) \(Self.target(near, family))")
            }
            guard !outside.isEmpty else { return lines }
            for address in vips {
                lines.append("\(family) daddr \(address) \(transport) dport \(port.port) \(mark)\(target)")
            }
            if let nodePort = port.nodePort {
                lines.append("fib daddr type local \(transport) dport \(nodePort) \(mark)\(target)")
            }
            return lines
        }
    }

    private struct Backend { var address: String, port: Int, node: String? }

    /// The endpoints that can serve a port, in a stable order.
    private func backends(of service: Service, port: Service.Port, _ family: Family) -> [Backend] {
        (slices[service.key] ?? []).filter { $0.addressType == family.addressType }.flatMap { slice -> [Backend] in
            guard let number = slice.ports.first(where: { ($0.name ?? "") == (port.name ?? "") })?.port else {
                return []
            }
            return slice.endpoints.filter { $0.canServe && isNear($0.node, service.topology) }.compactMap { endpoint in
                endpoint.addresses.first.map { Backend(address: $0, port: number, node: endpoint.node) }
            }
        }.sorted { ($0.address, $0.port) < ($1.address, $1.port) }
    }

    private func isNear(_ other: String?, _ topology: Service.Topology) -> Bool {
        switch topology {
        case .anywhere: true
        case .node: other == node
        case .nodePool: nodePools[node].map { $0 == other.flatMap { nodePools[$0] } } ?? (other == node)
        }
    }

    private static func target(_ backends: [Backend], _ family: Family) -> String {
        if backends.count == 1 { return "dnat to \(family.destination(backends[0]))" }
        let map = backends.enumerated().map { "\($0.offset) : \($0.element.address) . \($0.element.port)" }
        return "dnat \(family) to numgen random mod \(backends.count) map { \(map.joined(separator: ", ")) }"
    }
}
