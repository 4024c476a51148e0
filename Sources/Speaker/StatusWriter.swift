package import KubernetesClient
import KubernetesObjects
package import Logging
import Synchronization

/// Keeps this node's ServiceL2Status objects as what it announces: callers say what is so, a `ReportQueue` brings the API
/// there.
package final class StatusWriter: Sendable {
    private let reports: ServiceReports<ServiceL2Status>
    private let book = Mutex(StatusBook())
    private let queue: ReportQueue<ObjectKey>

    package init(client: KubernetesClient, node: String, namespace: String, logger: Logger) {
        reports = ServiceReports(
            client: client, node: node, namespace: namespace, plural: "servicel2statuses", prefix: "l2"
        ) { ServiceL2Status(metadata: $0) }
        queue = ReportQueue(of: "a status", logger: logger)
    }

    // MARK: - What is so

    /// This node announces the Service on a link; `formerOwner` did before, if another node did.
    func announced(_ service: ObjectKey, link: String, formerOwner: String?) {
        book.withLock { $0.announced(service, link: link, formerOwner: formerOwner) }
        queue.add(service)
    }

    /// This node announces the Service on a link no more.
    func withdrawn(_ service: ObjectKey, link: String) {
        book.withLock { $0.withdrawn(service, link: link) }
        queue.add(service)
    }

    /// The Services that are announced on a link.
    func services(announcedOn link: String) -> [ObjectKey] {
        book.withLock { $0.services(announcedOn: link) }
    }

    // MARK: - Writing

    /// Writes until the task is cancelled.
    package func run() async {
        await reports.run(queue, found: { service in self.book.withLock { $0.found(service) } }) {
            key throws(KubernetesError) in
            guard let entry = self.book.withLock({ $0[key] }) else { return }
            try await self.write(key, entry)
            self.book.withLock { $0.written(entry, for: key) }
        }
    }

    private func write(_ service: ObjectKey, _ entry: StatusBook.Entry) async throws(KubernetesError) {
        if let former = entry.formerOwner { try await reports.delete(for: service, of: former) }
        guard !entry.links.isEmpty else { return try await reports.delete(for: service) }
        try await reports.write(
            [
                "node": .string(reports.node), "serviceName": .string(service.name),
                "serviceNamespace": .string(service.namespace),
                "interfaces": .array(entry.links.sorted().map { ["name": .string($0)] }),
            ], for: service)
    }
}
