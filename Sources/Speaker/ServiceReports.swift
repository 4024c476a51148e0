import Crypto
import KubernetesClient
import KubernetesObjects

/// The objects in which this node says what it does for each Service: ServiceL2Status or ServiceBGPStatus, one a Service.
struct ServiceReports<Report: KubernetesObject>: Sendable {
    /// After a start, until this process has said what it announces: what is there beyond that is left over.
    private static var settlingTime: Duration { .seconds(30) }

    let client: KubernetesClient
    let node: String
    let path: ResourcePath
    /// Objects' names begin with it.
    let prefix: String
    let make: @Sendable (ObjectMeta) -> Report

    init(
        client: KubernetesClient, node: String, namespace: String, plural: String, prefix: String,
        make: @escaping @Sendable (ObjectMeta) -> Report
    ) {
        self.client = client
        self.node = node
        self.prefix = prefix
        self.make = make
        path = ResourcePath(group: "metallb.io", version: "v1beta1", plural: plural, namespace: namespace)
    }

    func write(_ status: JSONValue, for service: ObjectKey) async throws(KubernetesError) {
        let key = objectKey(service, node: node)
        let labels = [
            ServiceL2Status.nodeLabel: node, ServiceL2Status.serviceNameLabel: service.name,
            ServiceL2Status.serviceNamespaceLabel: service.namespace,
        ]
        let object = make(ObjectMeta(name: key.name, namespace: key.namespace, labels: labels))
        try await client.writeStatus(of: object, at: path, status)
    }

    /// - Parameter node: another node, whose report outlived what it tells; nil for this one.
    func delete(for service: ObjectKey, of node: String? = nil) async throws(KubernetesError) {
        try await client.delete(at: path, objectKey(service, node: node ?? self.node))
    }

    /// Writes what is due until the task is cancelled, and finds what an earlier process left.
    /// - Parameters:
    ///   - found: an object of this node is about the Service: it is to go unless the Service is reported by now.
    ///   - write: brings the object of a Service to what is so now.
    func run(
        _ queue: ReportQueue<ObjectKey>, found: @escaping @Sendable (ObjectKey) -> Void,
        _ write: @escaping @Sendable (ObjectKey) async throws(KubernetesError) -> Void
    ) async {
        await withDiscardingTaskGroup { group in
            group.addTask { await queue.run { key throws(KubernetesError) in try await write(key) } }
            group.addTask {
                await findLeft { service in
                    found(service)
                    queue.add(service)
                }
            }
        }
    }

    /// Names each Service that an object of this node is about, once the objects can be read: an earlier process may have
    /// ended, or the node booted, while nothing could be written.
    private func findLeft(_ found: (ObjectKey) -> Void) async {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        var pause = Self.settlingTime
        while (try? await Task.sleep(for: pause)) != nil {
            do throws(KubernetesError) {
                for service in try await left() { found(service) }
                return
            } catch {
                pause = backoff.fail(retryAfter: error.retryAfter, using: &random)
            }
        }
    }

    private func left() async throws(KubernetesError) -> [ObjectKey] {
        let page = try await client.list(
            Report.self, at: path, ListOptions(labelSelector: "\(ServiceL2Status.nodeLabel)=\(node)"))
        return page.objects.compactMap { report in
            let labels = report.metadata.labels
            guard let name = labels[ServiceL2Status.serviceNameLabel],
                let namespace = labels[ServiceL2Status.serviceNamespaceLabel]
            else { return nil }
            return ObjectKey(namespace: namespace, name: name)
        }
    }

    /// The object's name follows from node and Service, so that it can be found without a list.
    private func objectKey(_ service: ObjectKey, node: String) -> ObjectKey {
        let digest = SHA256.hash(data: Array("\(node)#\(service)".utf8))
        let text = digest.prefix(8).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
        return ObjectKey(namespace: path.namespace ?? "", name: "\(prefix)-\(text)")
    }
}
