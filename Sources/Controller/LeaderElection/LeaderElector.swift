import FoundationEssentials
package import KubernetesClient
package import KubernetesObjects
package import Logging
import ServiceLifecycle

/// Holds a Lease while something runs: one of several controllers works, the others stand by.
package actor LeaderElector {
    /// Why a leader stopped. The process ends with it and is started anew, which is the surest way to stop.
    package struct LeadershipLost: Error, CustomStringConvertible {
        package var description: String { "the lease could not be renewed in time, another controller may lead" }
    }

    private static let path = ResourcePath(group: "coordination.k8s.io", version: "v1", plural: "leases")

    private let client: KubernetesClient
    private let key: ObjectKey
    private let retryPeriod: Duration
    private let logger: Logger
    private var election: LeaderElection
    private var resourceVersion = ""

    /// - Parameter key: the Lease's namespace and name.
    package init(client: KubernetesClient, key: ObjectKey, settings: LeaderElection.Settings, logger: Logger) {
        self.client = client
        self.key = key
        self.logger = logger
        retryPeriod = settings.retryPeriod
        election = LeaderElection(settings)
    }

    /// True while what this process writes cannot meet the writes of another leader.
    package var mayWrite: Bool { election.isLeading(at: .now) }

    /// Waits for the lease, and runs the body while it is held. Ends when the process shuts down.
    /// - Throws: `LeadershipLost`.
    package func run(whileLeading body: @escaping @Sendable () async -> Void) async throws {
        await cancelWhenGracefulShutdown { await self.acquire() }
        guard election.isLeading else { return }
        logger.notice("leading", metadata: ["lease": "\(key)"])
        let isLost = await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await cancelWhenGracefulShutdown { await body() }
                return false
            }
            group.addTask { await cancelWhenGracefulShutdown { await self.renew() } }
            // Both end at a shutdown; the one that ends first without is what ends the other.
            let first = await group.next() ?? false
            group.cancelAll()
            return first
        }
        if isLost { throw LeadershipLost() }
        await release()
    }

    private func acquire() async {
        var known: String?
        while !Task.isCancelled {
            await attempt()
            if election.isLeading { return }
            if election.holder != known {
                known = election.holder
                logger.notice("standing by", metadata: ["leader": "\(known ?? "nobody")"])
            }
            await pause()
        }
    }

    /// Renews until the task is cancelled.
    /// - Returns: true if the lease is lost.
    private func renew() async -> Bool {
        while !Task.isCancelled {
            await pause()
            if Task.isCancelled { return false }
            await attempt(until: election.renewDeadline)
            if !election.isLeading || election.hasLost(at: .now) { return true }
        }
        return false
    }

    /// An attempt that is given up when a leader has to stop, however long the server takes.
    private func attempt(until deadline: ContinuousClock.Instant?) async {
        guard let deadline else { return await attempt() }
        await withTaskGroup { group in
            group.addTask { await self.attempt() }
            // An error here means that the attempt was first.
            group.addTask { try? await Task.sleep(until: deadline, clock: .continuous) }
            await group.next()
            group.cancelAll()
        }
    }

    /// Looks at the lease once, and writes it if that is due. What fails is tried again at the next look.
    private func attempt() async {
        let begun = ContinuousClock.now
        do throws(KubernetesError) {
            let lease = try await read()
            resourceVersion = lease?.metadata.resourceVersion ?? ""
            switch election.observed(lease?.spec, at: begun, timestamp: Self.timestamp()) {
            case .wait: return
            case .create(let spec):
                let metadata = ObjectMeta(name: key.name, namespace: key.namespace)
                try await client.create(Lease(metadata: metadata, spec: spec), at: Self.path)
                election.wrote(spec, begunAt: begun)
            case .update(let spec):
                try await write(spec)
                election.wrote(spec, begunAt: begun)
            }
        } catch {
            guard error.code != .cancelled else { return }
            logger.warning("lease not written", metadata: ["lease": "\(key)", "error": "\(error)"])
        }
    }

    private func read() async throws(KubernetesError) -> Lease? {
        do throws(KubernetesError) {
            return try await client.get(Lease.self, at: Self.path, key)
        } catch {
            if error.code == .notFound { return nil }
            throw error
        }
    }

    private func write(_ spec: Lease.Spec) async throws(KubernetesError) {
        let value: JSONValue
        do {
            value = try JSONValue(encoding: spec)
        } catch {
            throw KubernetesError(.invalid, "the lease does not encode: \(error)", cause: error)
        }
        let lease = try await client.patch(
            Lease.self, at: Self.path, key, .merge,
            ["metadata": ["resourceVersion": .string(resourceVersion)], "spec": value])
        resourceVersion = lease.metadata.resourceVersion
    }

    private func release() async {
        guard let spec = election.release(timestamp: Self.timestamp()) else { return }
        do throws(KubernetesError) {
            try await write(spec)
            logger.notice("lease released", metadata: ["lease": "\(key)"])
        } catch {
            logger.warning("lease not released", metadata: ["lease": "\(key)", "error": "\(error)"])
        }
    }

    private func pause() async {
        // An error here means that the task was cancelled, which the caller looks at.
        try? await Task.sleep(for: retryPeriod)
    }

    private static func timestamp() -> String {
        // `metav1.MicroTime` wants six digits.
        let now = Date.now
        let micros = Int((now.timeIntervalSince1970.truncatingRemainder(dividingBy: 1)) * 1_000_000)
        let digits = String(micros)
        return now.formatted(.iso8601).dropLast() + "." + String(repeating: "0", count: 6 - digits.count) + digits + "Z"
    }
}
