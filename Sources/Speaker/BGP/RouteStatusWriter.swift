import Crypto
package import KubernetesClient
import KubernetesObjects
package import Logging
import Synchronization

/// Keeps this node's ServiceBGPStatus objects as what it announces, in the way of `StatusWriter`.
package final class RouteStatusWriter: Sendable {
    private let client: KubernetesClient
    private let node: String
    private let namespace: String
    private let peers = Mutex<[ObjectKey: [String]]>([:])
    private let queue: ReportQueue<ObjectKey>

    package init(client: KubernetesClient, node: String, namespace: String, logger: Logger) {
        self.client = client
        self.node = node
        self.namespace = namespace
        queue = ReportQueue(of: "a status", logger: logger)
    }

    /// The Service is announced to these peers; to none if it is no more.
    func set(_ names: [String], for service: ObjectKey) {
        peers.withLock { $0[service] = names }
        queue.add(service)
    }

    /// Writes until the task is cancelled.
    package func run() async {
        await queue.run { key throws(KubernetesError) in
            guard let names = peers.withLock({ $0[key] }) else { return }
            try await write(key, names)
            if names.isEmpty { peers.withLock { if $0[key]?.isEmpty == true { $0[key] = nil } } }
        }
    }

    private func write(_ service: ObjectKey, _ names: [String]) async throws(KubernetesError) {
        let path = ResourcePath(
            group: "metallb.io", version: "v1beta1", plural: "servicebgpstatuses", namespace: namespace)
        let key = objectKey(service)
        if names.isEmpty { return try await client.delete(at: path, key) }
        let labels = [
            ServiceL2Status.nodeLabel: node, ServiceL2Status.serviceNameLabel: service.name,
            ServiceL2Status.serviceNamespaceLabel: service.namespace,
        ]
        try await client.writeStatus(
            of: ServiceBGPStatus(metadata: ObjectMeta(name: key.name, namespace: namespace, labels: labels)), at: path,
            [
                "node": .string(node), "serviceName": .string(service.name),
                "serviceNamespace": .string(service.namespace), "peers": .array(names.map { .string($0) }),
            ])
    }

    /// The object's name follows from node and Service, so that it can be found without a list.
    private func objectKey(_ service: ObjectKey) -> ObjectKey {
        let digest = SHA256.hash(data: Array("\(node)#\(service)".utf8))
        let text = digest.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return ObjectKey(namespace: namespace, name: "bgp-\(text)")
    }
}
