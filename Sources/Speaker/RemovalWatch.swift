package import KubernetesClient
import KubernetesObjects
package import Logging
import Synchronization

/// Looks at the DaemonSet that the speaker belongs to: at the start until it was seen, and when the speaker is told to end.
package final class RemovalWatch: Sendable {
    /// A process that is told to end has no time for a server that does not answer.
    private static let patience = Duration.seconds(2)
    private static let pause = Duration.seconds(30)

    private let client: KubernetesClient
    private let key: ObjectKey
    private let logger: Logger
    private let judge = Mutex(RemovalJudge())

    package init(client: KubernetesClient, namespace: String, name: String, logger: Logger) {
        self.client = client
        key = ObjectKey(namespace: namespace, name: name)
        self.logger = logger
    }

    /// Returns once it was seen, or when the task is cancelled.
    package func run() async {
        while !Task.isCancelled {
            let answer = await look()
            let hasSeenIt = judge.withLock { judge in
                judge.note(answer)
                return judge.hasSeenIt
            }
            if hasSeenIt { return logger.info("the speaker's DaemonSet is seen", metadata: ["name": "\(key)"]) }
            if answer != .unknown {
                logger.info("the speaker's DaemonSet is not seen", metadata: ["name": "\(key)", "answer": "\(answer)"])
            }
            guard (try? await Task.sleep(for: Self.pause)) != nil else { return }
        }
    }

    /// Whether the speaker ends for good.
    package func isRemoval() async -> Bool {
        let answer = await withTaskGroup(of: RemovalJudge.Answer.self) { group in
            group.addTask { await self.look() }
            group.addTask {
                try? await Task.sleep(for: Self.patience)
                return .unknown
            }
            let first = await group.next() ?? .unknown
            group.cancelAll()
            return first
        }
        return judge.withLock { $0.isRemoval(answer) }
    }

    private func look() async -> RemovalJudge.Answer {
        do throws(KubernetesError) {
            let found = try await client.get(Owner.self, at: Self.path, key)
            return found.metadata.deletionTimestamp == nil ? .present : .deleting
        } catch {
            return switch error.code {
            case .notFound: .absent
            case .unauthorized, .forbidden: .refused
            default: .unknown
            }
        }
    }

    private static let path = ResourcePath(group: "apps", plural: "daemonsets")

    private struct Owner: Sendable, Decodable {
        var metadata: ObjectMeta
    }
}
