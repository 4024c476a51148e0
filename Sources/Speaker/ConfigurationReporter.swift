import FoundationEssentials
package import KubernetesClient
import KubernetesObjects
package import Logging
import Synchronization

/// Keeps this node's ConfigurationState as what it has read.
package final class ConfigurationReporter: Sendable {
    private let client: KubernetesClient
    private let node: String
    private let namespace: String
    /// What is to be written; nil before anything was read.
    private let wanted = Mutex<ConfigurationState.Status?>(nil)
    private let queue: ReportQueue<String>

    package init(client: KubernetesClient, node: String, namespace: String, logger: Logger) {
        self.client = client
        self.node = node
        self.namespace = namespace
        queue = ReportQueue(of: "the configuration's state", logger: logger)
    }

    /// The configuration was read.
    /// - Parameter problems: why it is not taken, a line each; empty if it is.
    func note(problems: [String]) {
        let status = ConfigurationState.Status(problems: problems)
        let isNews = wanted.withLock { wanted in
            defer { wanted = status }
            return wanted != status
        }
        if isNews { queue.add(node) }
    }

    /// Writes until the task is cancelled.
    package func run() async {
        await queue.run { _ throws(KubernetesError) in
            if let status = wanted.withLock({ $0 }) { try await write(status) }
        }
    }

    private func write(_ status: ConfigurationState.Status) async throws(KubernetesError) {
        // With the Node as its owner the object goes when the node goes.
        let owner = try await client.get(
            Node.self, at: ResourcePath(plural: "nodes"), ObjectKey(namespace: "", name: node))
        let reference = OwnerReference(
            apiVersion: Node.apiVersion, kind: Node.kind, name: node, uid: owner.metadata.uid)
        let metadata = ObjectMeta(
            name: "speaker-\(node)", namespace: namespace,
            labels: [
                ConfigurationState.componentTypeLabel: "speaker", ConfigurationState.nodeNameLabel: node,
            ], ownerReferences: [reference])
        try await client.writeStatus(
            of: ConfigurationState(metadata: metadata),
            at: ResourcePath(group: "metallb.io", version: "v1beta1", plural: "configurationstates"),
            status.withConditions(at: Date.now.formatted(.iso8601)).patch)
    }
}
