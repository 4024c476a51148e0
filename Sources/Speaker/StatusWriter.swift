import Crypto
package import KubernetesClient
import KubernetesObjects
package import Logging
import Synchronization

/// Keeps this node's ServiceL2Status objects as what it announces: callers say what is so, a `ReportQueue` brings the API
/// there.
package final class StatusWriter: Sendable {
    private struct Entry {
        /// Names of the links on which the Service is announced; empty once it is no more.
        var links: Set<String> = []
        /// A node that announced before, whose object is to be cleared away.
        var formerOwner: String?
    }

    private let client: KubernetesClient
    private let node: String
    private let namespace: String
    private let entries = Mutex<[ObjectKey: Entry]>([:])
    private let queue: ReportQueue<ObjectKey>

    package init(client: KubernetesClient, node: String, namespace: String, logger: Logger) {
        self.client = client
        self.node = node
        self.namespace = namespace
        queue = ReportQueue(of: "a status", logger: logger)
    }

    // MARK: - What is so

    /// This node announces the Service on a link; `formerOwner` did before, if another node did.
    func announced(_ service: ObjectKey, link: String, formerOwner: String?) {
        entries.withLock { entries in
            entries[service, default: Entry()].links.insert(link)
            if let formerOwner { entries[service]?.formerOwner = formerOwner }
        }
        queue.add(service)
    }

    /// This node announces the Service on a link no more.
    func withdrawn(_ service: ObjectKey, link: String) {
        entries.withLock { _ = $0[service]?.links.remove(link) }
        queue.add(service)
    }

    /// The Services that are announced on a link.
    func services(announcedOn link: String) -> [ObjectKey] {
        entries.withLock { entries in entries.filter { $0.value.links.contains(link) }.map(\.key) }
    }

    // MARK: - Writing

    /// Writes until the task is cancelled.
    package func run() async {
        await queue.run { key throws(KubernetesError) in
            guard let entry = entries.withLock({ $0[key] }) else { return }
            try await write(key, entry)
            entries.withLock { entries in
                entries[key]?.formerOwner = nil
                if entries[key]?.links.isEmpty == true { entries[key] = nil }
            }
        }
    }

    private func write(_ service: ObjectKey, _ entry: Entry) async throws(KubernetesError) {
        if let former = entry.formerOwner {
            try await client.delete(at: Self.path(namespace), objectKey(service, node: former))
        }
        let key = objectKey(service, node: node)
        if entry.links.isEmpty { return try await client.delete(at: Self.path(namespace), key) }
        let status = ServiceL2Status.Status(
            node: node, serviceName: service.name, serviceNamespace: service.namespace,
            interfaces: entry.links.sorted().map(ServiceL2Status.Interface.init(name:)))
        let labels = [
            ServiceL2Status.nodeLabel: node, ServiceL2Status.serviceNameLabel: service.name,
            ServiceL2Status.serviceNamespaceLabel: service.namespace,
        ]
        try await client.writeStatus(
            of: ServiceL2Status(metadata: ObjectMeta(name: key.name, namespace: namespace, labels: labels)),
            at: Self.path(namespace), Self.json(status))
    }

    private static func json(_ status: ServiceL2Status.Status) -> JSONValue {
        [
            "node": .string(status.node ?? ""), "serviceName": .string(status.serviceName ?? ""),
            "serviceNamespace": .string(status.serviceNamespace ?? ""),
            "interfaces": .array((status.interfaces ?? []).map { ["name": .string($0.name ?? "")] }),
        ]
    }

    /// The object's name follows from node and Service, so that it can be found without a list.
    private func objectKey(_ service: ObjectKey, node: String) -> ObjectKey {
        let digest = SHA256.hash(data: Array("\(node)#\(service)".utf8))
        let text = digest.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return ObjectKey(namespace: namespace, name: "l2-\(text)")
    }

    private static func path(_ namespace: String) -> ResourcePath {
        ResourcePath(group: "metallb.io", version: "v1beta1", plural: "servicel2statuses", namespace: namespace)
    }
}
