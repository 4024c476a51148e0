import Crypto
package import KubernetesClient
import KubernetesObjects
package import Logging
import Synchronization

/// Keeps this node's ServiceBGPStatus objects as what it announces, in the way of `StatusWriter`: whoever calls says
/// what is so, a worker brings the API there, and nothing waits for it.
package final class RouteStatusWriter: Sendable {
    private let client: KubernetesClient
    private let node: String
    private let namespace: String
    private let logger: Logger
    private let peers = Mutex<[ObjectKey: [String]]>([:])
    private let keys: AsyncStream<ObjectKey>
    private let queue: AsyncStream<ObjectKey>.Continuation

    package init(client: KubernetesClient, node: String, namespace: String, logger: Logger) {
        self.client = client
        self.node = node
        self.namespace = namespace
        self.logger = logger
        // What is written is read at the time of writing, so that one waiting key stands for all changes.
        (keys, queue) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(100_000))
    }

    /// The Service is announced to these peers; to none if it is no more.
    func set(_ names: [String], for service: ObjectKey) {
        peers.withLock { $0[service] = names }
        queue.yield(service)
    }

    /// Writes until the task is cancelled.
    package func run() async {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        for await key in keys {
            guard let names = peers.withLock({ $0[key] }) else { continue }
            do throws(KubernetesError) {
                try await write(key, names)
                backoff.succeed()
                if names.isEmpty { peers.withLock { if $0[key]?.isEmpty == true { $0[key] = nil } } }
            } catch {
                guard error.isTransient else {
                    // Where nothing is, nobody misses a status: the kind or the namespace went, or goes right now.
                    logger.log(
                        level: error.code == .notFound ? .debug : .error, "cannot write a status",
                        metadata: ["service": "\(key)", "error": "\(error)"])
                    continue
                }
                // The newest state is written after the pause; cancellation ends both.
                try? await Task.sleep(for: backoff.fail(retryAfter: error.retryAfter, using: &random))
                queue.yield(key)
            }
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
