import FoundationEssentials
package import KubernetesClient
import KubernetesObjects
package import Logging
import Synchronization

/// Keeps this node's ConfigurationState as what it has read. Level-triggered: what is noted last is written, when the API can
/// be reached.
package final class ConfigurationReporter: Sendable {
    private let client: KubernetesClient
    private let node: String
    private let namespace: String
    private let logger: Logger
    /// What is to be written; nil before anything was read.
    private let wanted = Mutex<ConfigurationState.Status?>(nil)
    private let signals: AsyncStream<Void>
    private let signal: AsyncStream<Void>.Continuation

    package init(client: KubernetesClient, node: String, namespace: String, logger: Logger) {
        self.client = client
        self.node = node
        self.namespace = namespace
        self.logger = logger
        (signals, signal) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    /// The configuration was read.
    /// - Parameter problems: why it is not taken, a line each; empty if it is.
    func note(problems: [String]) {
        let status = ConfigurationState.Status(problems: problems)
        let isNews = wanted.withLock { wanted in
            defer { wanted = status }
            return wanted != status
        }
        if isNews { signal.yield() }
    }

    /// Writes until the task is cancelled.
    package func run() async {
        var backoff = Backoff()
        var random = SystemRandomNumberGenerator()
        for await _ in signals {
            guard let status = wanted.withLock({ $0 }) else { continue }
            do throws(KubernetesError) {
                try await write(status)
                backoff.succeed()
            } catch {
                if error.isTransient {
                    logger.debug("cannot write the configuration's state yet", metadata: ["error": "\(error)"])
                    // The newest state is written after the pause; cancellation ends both.
                    try? await Task.sleep(for: backoff.fail(retryAfter: error.retryAfter, using: &random))
                    signal.yield()
                } else {
                    logger.log(
                        level: error.code == .notFound ? .debug : .error, "cannot write the configuration's state",
                        metadata: ["error": "\(error)"])
                }
            }
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
