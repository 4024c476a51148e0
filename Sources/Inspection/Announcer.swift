package import KubernetesObjects

/// A node that says it announces a Service.
package struct Announcer: Sendable, Hashable, Encodable {
    /// By ARP and neighbour discovery, or to BGP peers.
    package enum Method: String, Sendable, Hashable, Encodable { case layer2, bgp }

    package var node: String
    package var method: Method
    /// The interfaces, or the names of the BGP peers; sorted. Empty means all interfaces.
    package var via: [String]

    /// `edge1 (layer2 on eth0)`
    var description: String {
        let names = via.joined(separator: ", ")
        return switch method {
        case .layer2: via.isEmpty ? "\(node) (layer2)" : "\(node) (layer2 on \(names))"
        case .bgp: via.isEmpty ? "\(node) (bgp)" : "\(node) (bgp to \(names))"
        }
    }
}

/// Who announces what, as the speakers' reports have it.
package struct Announcers: Sendable, Hashable {
    package private(set) var byService: [ObjectKey: [Announcer]] = [:]

    /// Puts the reports together. Labels say node and Service from the moment a report is created; its status follows.
    package init(_ layer2: [ServiceL2Status], _ bgp: [ServiceBGPStatus]) {
        for report in layer2 {
            add(
                report.metadata, .layer2, node: report.status.node, name: report.status.serviceName,
                namespace: report.status.serviceNamespace, via: (report.status.interfaces ?? []).compactMap(\.name))
        }
        for report in bgp {
            add(
                report.metadata, .bgp, node: report.status.node, name: report.status.serviceName,
                namespace: report.status.serviceNamespace, via: report.status.peers ?? [])
        }
        for key in byService.keys {
            byService[key]?.sort { ($0.node, $0.method.rawValue) < ($1.node, $1.method.rawValue) }
        }
    }

    /// Those of these nodes.
    func of(_ nodes: Set<String>) -> Announcers {
        var some = self
        some.byService = byService.mapValues { $0.filter { nodes.contains($0.node) } }.filter { !$0.value.isEmpty }
        return some
    }

    /// The Services that a node announces, in order of name.
    package func services(of node: String) -> [ObjectKey] {
        byService.filter { $0.value.contains { $0.node == node } }.keys.sorted()
    }

    private mutating func add(
        _ metadata: ObjectMeta, _ method: Announcer.Method, node: String?, name: String?, namespace: String?,
        via: [String]
    ) {
        let labels = metadata.labels
        guard let node = labels[ServiceL2Status.nodeLabel] ?? node,
            let name = labels[ServiceL2Status.serviceNameLabel] ?? name,
            let namespace = labels[ServiceL2Status.serviceNamespaceLabel] ?? namespace
        else { return }
        byService[ObjectKey(namespace: namespace, name: name), default: []]
            .append(Announcer(node: node, method: method, via: via.sorted()))
    }
}
