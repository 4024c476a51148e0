import LabAPI
package import LabHub
package import LabServer
import ServiceLifecycle

/// Holds the hub for its connections, and lets the watches know when the cloud comes or goes.
package actor HubHost: Service {
    private static let saveEvery = Duration.milliseconds(500)

    private var hub: Hub
    private let file: SnapshotFile?
    private var savedRevision = 0
    private var listeners: [Int: AsyncStream<Void>.Continuation] = [:]
    private var nextListener = 0

    /// - Parameter file: where the cache outlives the process; nil keeps it in memory only.
    package init(hub: Hub, file: SnapshotFile?) {
        self.hub = hub
        self.file = file
        savedRevision = hub.cache.revision
    }

    func decide(_ request: APIRequest) -> Hub.Decision { hub.decide(request, at: .now) }

    func failed(_ request: APIRequest) -> APIResponse { hub.failed(request) }

    func answered(_ request: APIRequest, status: Int, body: [UInt8]) -> [UInt8] {
        hub.answered(request, status: status, body: body, at: .now)
    }

    func watched(_ request: APIRequest, lines: [[UInt8]]) {
        for line in lines { hub.watched(request, line: line) }
    }

    /// - Returns: true if the cloud came or went by that.
    func probed(succeeded: Bool) -> Bool {
        guard hub.probed(succeeded: succeeded, at: .now) else { return false }
        for listener in listeners.values { listener.finish() }
        listeners = [:]
        return true
    }

    /// A stream without elements that ends when the cloud comes or goes, and what to `forget` it by.
    func listen() -> (id: Int, changes: AsyncStream<Void>) {
        let (changes, continuation) = AsyncStream.makeStream(of: Void.self)
        nextListener += 1
        listeners[nextListener] = continuation
        return (nextListener, changes)
    }

    func forget(_ listener: Int) { listeners.removeValue(forKey: listener)?.finish() }

    /// Writes the cache down as it changes, until shutdown.
    package func run() async throws {
        while !Task.isShuttingDownGracefully && !Task.isCancelled {
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.saveEvery) }
            try save()
        }
    }

    private func save() throws {
        guard let file, hub.cache.revision != savedRevision else { return }
        savedRevision = hub.cache.revision
        try file.write(try hub.cache.encoded())
    }
}
