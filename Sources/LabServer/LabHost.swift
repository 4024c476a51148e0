package import LabAPI
import ServiceLifecycle

/// Holds the cluster for its connections: takes their requests one by one, and wakes watches when something changed or
/// their time has come.
package actor LabHost: Service {
    /// How often watches are looked through for bookmarks and ends that are due, and the cluster for a snapshot.
    private static let tick = Duration.milliseconds(250)

    private struct OpenWatch {
        var watch: Watch
        let wake: AsyncStream<Void>.Continuation
    }

    private var cluster: LabCluster
    private let clock: @Sendable () -> Timestamp
    private let snapshots: SnapshotFile?
    private var watches: [Int: OpenWatch] = [:]
    private var nextWatch = 0

    /// - Parameter snapshots: nil keeps the cluster in memory only.
    package init(
        cluster: LabCluster, snapshots: SnapshotFile? = nil,
        clock: @escaping @Sendable () -> Timestamp = Timestamp.wallClock
    ) {
        self.cluster = cluster
        self.snapshots = snapshots
        self.clock = clock
    }

    package func handle(_ request: APIRequest) -> APIResponse {
        let response = cluster.handle(request, at: clock())
        let touched = cluster.touched
        if !touched.isEmpty {
            for open in watches.values where touched.contains(open.watch.storage) { open.wake.yield() }
        }
        return response
    }

    /// Opens a watch. The stream has an element whenever the watch is to be polled, the first at once; any number of
    /// reasons make one element.
    func open(_ watch: Watch) -> (id: Int, wakes: AsyncStream<Void>) {
        let (wakes, wake) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
        wake.yield()
        nextWatch += 1
        watches[nextWatch] = OpenWatch(watch: watch, wake: wake)
        return (nextWatch, wakes)
    }

    /// What a watch is to be sent now, and whether that was all.
    func poll(_ id: Int) -> (lines: WatchLines, isFinished: Bool) {
        guard var open = watches[id] else { return (WatchLines(), true) }
        let lines = cluster.poll(&open.watch, at: clock())
        watches[id] = open
        return (lines, open.watch.isFinished)
    }

    func close(_ id: Int) {
        watches.removeValue(forKey: id)?.wake.finish()
    }

    /// Watches that are open.
    package var watchCount: Int { watches.count }

    /// Keeps the time of watches and the snapshot until shutdown; the last state is written then.
    package func run() async throws {
        var saved = cluster.store.revision
        var sinceSave = Duration.zero
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.tick) }
            let now = clock()
            for open in watches.values where open.watch.nextWake <= now { open.wake.yield() }
            sinceSave += Self.tick
            if sinceSave >= .seconds(1), cluster.store.revision != saved {
                sinceSave = .zero
                saved = cluster.store.revision
                try save()
            }
        }
        if cluster.store.revision != saved { try save() }
    }

    private func save() throws { try snapshots?.write(cluster.store.snapshot) }
}
