package import KubernetesClient
import KubernetesObjects
package import Logging
import Synchronization

/// Keeps this node's ServiceBGPStatus objects as what it announces, in the way of `StatusWriter`.
package final class RouteStatusWriter: Sendable {
    private let reports: ServiceReports<ServiceBGPStatus>
    private let peers = Mutex<[ObjectKey: [String]]>([:])
    private let queue: ReportQueue<ObjectKey>

    package init(client: KubernetesClient, node: String, namespace: String, logger: Logger) {
        reports = ServiceReports(
            client: client, node: node, namespace: namespace, plural: "servicebgpstatuses", prefix: "bgp"
        ) { ServiceBGPStatus(metadata: $0) }
        queue = ReportQueue(of: "a status", logger: logger)
    }

    /// The Service is announced to these peers; to none if it is no more.
    func set(_ names: [String], for service: ObjectKey) {
        peers.withLock { $0[service] = names }
        queue.add(service)
    }

    /// Writes until the task is cancelled.
    package func run() async {
        await reports.run(
            queue, found: { service in self.peers.withLock { if $0[service] == nil { $0[service] = [] } } }
        ) { key throws(KubernetesError) in
            guard let names = self.peers.withLock({ $0[key] }) else { return }
            try await self.write(key, names)
            if names.isEmpty { self.peers.withLock { if $0[key]?.isEmpty == true { $0[key] = nil } } }
        }
    }

    private func write(_ service: ObjectKey, _ names: [String]) async throws(KubernetesError) {
        guard !names.isEmpty else { return try await reports.delete(for: service) }
        try await reports.write(
            [
                "node": .string(reports.node), "serviceName": .string(service.name),
                "serviceNamespace": .string(service.namespace), "peers": .array(names.map { .string($0) }),
            ], for: service)
    }
}
